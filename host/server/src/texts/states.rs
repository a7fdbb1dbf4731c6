//! Words for nothing to show: empty, refused, failed, slow.

use super::texts;

texts! {
    loading => "正在载入", "Loading";
    still_working => "仍在计算；可先看别的页", "Still working. You can leave this page";
    not_found_title => "找不到这个页面", "This page is not there";
    not_found_record => "找不到这条记录", "This record is not there";
    back_to_list(objects) => "回{objects}列表", "Back to {objects}";
    not_found_hint => "记录可能已删除，或不在您能看到的范围里。", "The record may have been deleted, or you may not have access to it.";
    forbidden_title(what) => "您看不到{what}", "You cannot see {what}";
    forbidden_hint(right) => "需要“{right}”权限。请联系管理员。", "It needs \"{right}\". Ask an administrator.";
    failed_title(what) => "没能读出{what}", "We could not read {what}";
    failed_hint => "您的数据没有改动。请再试一次；若仍不行，把编号发给管理员。", "Nothing was changed. Try again; if it still fails, send the reference to an administrator.";
    plugin_failed_title(plugin) => "插件“{plugin}”没能回答", "Plugin \"{plugin}\" did not answer";
    plugin_failed_hint => "其他功能不受影响。请再试一次，或请管理员查看插件日志。", "Everything else works. Try again, or ask an administrator to look at the plugin's log.";
    plugin_paused(plugin) => "“{plugin}”暂时停用", "\"{plugin}\" is paused";
    others_unaffected => "其他功能不受影响。", "Everything else works.";
    slow_title => "查询太慢，已停下", "The query was too slow and was stopped";
    slow_hint => "请加一个筛选条件，或请管理员给这个字段加索引。", "Add a filter, or ask an administrator to index the field.";
    too_few => "样本不足", "Too few cases";
    no_data => "还没有数据", "No data yet";
    page_of_this_page => "这个页面", "this page";
}
