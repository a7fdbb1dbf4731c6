//! Words on buttons and links.

use super::texts;

texts! {
    save => "保存", "Save";
    save_and_new => "保存并新建", "Save and new";
    save_anyway => "仍要保存", "Save anyway";
    saving => "保存中…", "Saving…";
    cancel => "取消", "Cancel";
    close => "关闭", "Close";
    edit => "编辑", "Edit";
    delete => "删除", "Delete";
    create => "新建", "New";
    add => "添加", "Add";
    remove => "移除", "Remove";
    back => "返回", "Back";
    apply => "应用", "Apply";
    search => "搜索", "Search";
    find => "查找", "Find";
    undo => "撤销", "Undo";
    retry => "再试一次", "Try again";
    import => "导入", "Import";
    export => "导出", "Export";
    enable => "启用", "Enable";
    disable => "停用", "Disable";
    upgrade => "升级", "Upgrade";
    install => "安装", "Install";
    hide => "隐藏", "Hide";
    show => "显示", "Show";
    restore => "恢复", "Restore";
    open => "打开", "Open";
    view_all => "查看全部", "View all";
    more => "更多", "More";
    more_actions => "更多操作", "More actions";
    refresh => "刷新", "Refresh";
    reload_latest => "载入最新内容", "Load the latest";
    clear_all => "清除全部", "Clear all";
    confirm_title => "请确认", "Please confirm";
    new_record(object) => "新建{object}", "New {object}";
    edit_record(object) => "编辑{object}", "Edit {object}";
    delete_question(title) => "删除“{title}”？", "Delete \"{title}\"?";
    delete_consequence => "删除后不再出现在列表、报表和搜索里。", "It disappears from lists, reports and search.";
    record_saved(title) => "已保存“{title}”", "Saved \"{title}\"";
    record_created(title) => "已新建“{title}”", "Created \"{title}\"";
    record_deleted(title) => "已删除“{title}”", "Deleted \"{title}\"";
    field_set_to(field, value) => "{field}已改为“{value}”", "{field} set to \"{value}\"";
    nothing_changed => "没有改动", "Nothing changed";
    yes => "是", "Yes";
    no => "否", "No";
    or => "或", "or";
}
