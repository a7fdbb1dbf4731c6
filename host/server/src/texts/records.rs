//! Words of the start page, of record pages and of their forms.

use super::texts;

texts! {
    none_yet_hint_create => "新建第一个，就会出现在这里。", "Add the first one and it appears here.";
    did_you_mean(words, value) => "{words}；是否要填 {value}？", "{words}. Did you mean {value}?";
    greeting(name) => "{name}，您好", "Hello, {name}";
    recently_changed => "最近更新", "Recently changed";
    nothing_visible => "还没有可以查看的内容", "There is nothing for you to see yet";
    nothing_visible_hint => "请联系管理员分配角色。", "Ask an administrator to give you a role.";
    assignment => "归属", "Assignment";
    myself => "我自己", "Me";
    filter_value_refused(field, reason) => "没有按“{field}”筛选：{reason}", "Not filtered by \"{field}\": {reason}";
    filter_not_read => "列表没有显示，因为条件没有看懂", "The list is not shown because the filter cannot be read";
    filter_not_read_hint => "改好条件再应用，或清除全部条件。", "Correct the filter and apply it again, or clear it.";
    at_position(words, position) => "{words}（第 {position} 个字符处）", "{words} (at character {position})";
    fields_empty(n: count) => "{n} 项未填", "1 empty field", "{n} empty fields";
    related_none(object) => "还没有{object}", "No {object} yet";
    related_via(object, field) => "{object}（{field}）", "{object} ({field})";
    ask_administrator => "请联系管理员。", "Ask an administrator.";
    did_create => "新建了这条记录", "created this record";
    did_change(fields) => "改了{fields}", "changed {fields}";
    did_delete => "删除了这条记录", "deleted this record";
    did_restore => "恢复了这条记录", "brought this record back";
    years_old(count: count) => "{count} 岁", "1 year old", "{count} years old";
    list_separator => "、", ", ";
    via_plugin => "插件", "plugin";
    conflict_theirs(who, value) => "{who} 刚改为“{value}”", "{who} just set this to \"{value}\"";
    conflict_taken(who, value) => "{who} 刚改为“{value}”，已载入；您没有改过这里", "{who} just set this to \"{value}\"; it is loaded, as you had not changed it";
    conflict_theirs_empty(who) => "{who} 刚清空了这里", "{who} just cleared this";
    conflict_save_again => "您的输入还在。看过下面标出的字段后，再保存一次即以您的为准。", "Your input is kept. Look at the marked fields; saving once more makes yours count.";
    created_out_of_sight => "已新建；它不在您能看到的范围里", "Created. It is outside of what you can see";
}
