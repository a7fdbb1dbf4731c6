//! Words of the page frame and of signing in.

use super::texts;

texts! {
    skip_to_content => "跳到正文", "Skip to content";
    main_navigation => "主导航", "Main navigation";
    breadcrumb => "位置", "You are here";
    open_menu => "打开菜单", "Open menu";
    close_menu => "关闭菜单", "Close menu";
    home => "首页", "Home";
    administration => "管理", "Administration";
    records => "业务", "Records";
    account => "账号", "Account";
    sign_out => "退出登录", "Sign out";
    language => "语言", "Language";
    theme => "外观", "Appearance";
    theme_system => "随系统", "System";
    theme_light => "浅色", "Light";
    theme_dark => "深色", "Dark";
    keyboard => "键盘快捷键", "Keyboard shortcuts";
    key_create => "新建", "New";
    key_filter => "筛选此列表", "Filter this list";
    key_edit => "编辑全部字段", "Edit all fields";
    key_rows => "下一行、上一行", "Next, previous row";
    key_open_row => "打开所选行", "Open the row";
    key_save => "保存", "Save";
    key_cancel => "取消或关闭", "Cancel or close";
    key_help => "显示此表", "Show this list";
    key_lift_card => "拿起、放下看板卡片", "Pick up, put down a card";
    key_move_card => "把拿起的卡片换列", "Move the held card";
    letters_outside_inputs => "字母键只在输入框以外有效。", "Letters work outside inputs only.";
    sign_in => "登录", "Sign in";
    sign_in_to(tenant) => "登录到{tenant}", "Sign in to {tenant}";
    sign_in_hint => "用邮箱和密码登录。", "Use your e-mail and password.";
    tenant => "租户", "Tenant";
    tenant_help => "公司的短名，如 demo", "Your company's short name, such as demo";
    email => "邮箱", "E-mail";
    password => "密码", "Password";
    new_password => "新密码", "New password";
    wrong_credentials => "邮箱或密码不对", "E-mail or password is wrong";
    wrong_credentials_hint => "请检查大小写和输入法。忘了密码可请管理员重设。", "Check capitals and spelling. An administrator can reset a forgotten password.";
    try_later(seconds: count) => "尝试次数过多，请 {seconds} 秒后再试", "Too many attempts. Try again in 1 second", "Too many attempts. Try again in {seconds} seconds";
    signed_out => "已退出登录", "You are signed out";
    session_ended => "登录已过期，请重新登录。您的数据没有改动。", "Your session has ended. Sign in again; nothing was changed.";
    customers_group => "客户", "Customers";
    own_objects_group => "自定义对象", "Custom objects";
    people_group => "组织", "Organisation";
    something_failed => "出了问题", "Something went wrong";
    back_to_start => "回首页", "Back to the start page";
}
