//! Words of forms and of single fields.

use super::texts;

texts! {
    required => "必填", "Required";
    optional => "选填", "Optional";
    choose => "请选择", "Choose";
    not_set => "未填", "Not set";
    not_saved(count: count) => "未保存：有 {count} 处需要修改", "Not saved: 1 thing to fix", "Not saved: {count} things to fix";
    to_confirm(count: count) => "未保存：有 {count} 处请您确认", "Not saved: 1 thing to confirm", "Not saved: {count} things to confirm";
    saved_with_notes => "已保存，请留意", "Saved. Please note";
    not_saved_short => "未保存", "Not saved";
    request_number(id) => "编号 {id}", "Reference {id}";
    from_plugin(plugin) => "插件“{plugin}”：", "Plugin \"{plugin}\": ";
    no_right_to_edit => "您可以看，不能改", "You can read this, not change it";
    no_right_to_edit_with(right) => "修改需要“{right}”权限", "Changing this needs \"{right}\"";
    field_hidden => "您的角色不可见；提交时保持原值", "Your role cannot see this; its value is kept";
    field_masked => "您的角色不可见", "Your role cannot see this";
    conflict_title => "别人先改了这条记录", "Someone else saved first";
    conflict_hint => "您的输入还在。先看最新内容，再决定是否保存。", "Your input is kept. Look at the latest version, then decide.";
    basics => "基本信息", "Basics";
    other_fields => "其他", "Other";
    custom_fields => "自定义字段", "Custom fields";
    system_fields => "系统信息", "System";
    search_reference(object) => "输入名称搜索{object}", "Type to find a {object}";
    reference_searching => "正在搜索…", "Searching…";
    reference_none => "没有找到", "Nothing found";
    reference_failed => "没能搜索，请再试一次", "The search failed. Try again";
    reference_clear => "清空所选", "Clear the choice";
    reference_truncated => "这里只列出一部分；先查找，再选择。", "This is a part of the list. Find first, then choose.";
    characters(used, max) => "{used} / {max} 字", "{used} / {max} characters";
    url_help => "以 https:// 或 http:// 开头", "Starts with https:// or http://";
    phone_help => "可写空格和短横线", "Spaces and dashes are fine";
    unsaved_changes => "有未保存的改动", "There are unsaved changes";
}
