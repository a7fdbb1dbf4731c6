//! Words of the time line and of a record's history.

use super::texts;

texts! {
    history => "变更历史", "History";
    activity => "动态", "Activity";
    earlier => "更早的动态", "Earlier";
    created_this(who) => "{who} 新建了这条记录", "{who} created this record";
    changed_fields(who, fields) => "{who} 改了{fields}", "{who} changed {fields}";
    changed_count(count: count) => "{count} 个字段", "1 field", "{count} fields";
    deleted_this(who) => "{who} 删除了这条记录", "{who} deleted this record";
    via(source) => "通过{source}", "via {source}";
    via_ui => "页面", "the web pages";
    via_api => "接口", "the API";
    via_import => "导入", "an import";
    via_bulk(batch) => "批量操作 {batch}", "bulk change {batch}";
    via_undo(batch) => "撤销 {batch}", "undo {batch}";
    via_transfer(batch) => "移交 {batch}", "transfer {batch}";
    from_value => "原值", "from";
    to_value => "新值", "to";
    empty_value => "空", "empty";
    version_by(version, who, when) => "版本 {version} · {who} {when}", "Version {version} · {who} {when}";
    today => "今天", "Today";
    yesterday => "昨天", "Yesterday";
    tomorrow => "明天", "Tomorrow";
    today_at(time) => "今天 {time}", "{time}";
    monday => "周一", "Mon";
    tuesday => "周二", "Tue";
    wednesday => "周三", "Wed";
    thursday => "周四", "Thu";
    friday => "周五", "Fri";
    saturday => "周六", "Sat";
    sunday => "周日", "Sun";
    system_actor => "系统", "System";
}
