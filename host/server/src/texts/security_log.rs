//! Words of the security log: what happened, and to what.

use super::texts;

texts! {
    log_login => "登录", "Signed in";
    log_login_failed => "登录失败", "Sign-in failed";
    log_view_as_begin => "开始以别人的身份查看", "Began to view as somebody else";
    log_view_as_end => "回到自己的身份", "Stopped viewing as somebody else";
    log_team_set => "保存团队", "Team saved";
    log_team_deleted => "删除团队", "Team deleted";
    log_department_managers => "改了部门负责人", "Managers of a department changed";
    log_department_deleted => "删除部门", "Department deleted";
    log_record_shared => "共享了一条记录", "Record shared";
    log_record_unshared => "取消共享一条记录", "Record no longer shared";
    log_role_set => "改了角色的权限", "Rights of a role changed";
    log_role_deleted => "删除角色", "Role deleted";
    log_roles_set => "分配角色", "Roles given to a user";
    log_password_set => "设置密码", "Password set";
    log_token_created => "新建访问令牌", "Token created";
    log_token_revoked => "作废访问令牌", "Token revoked";
    log_plugin_enabled => "启用插件", "Plugin enabled";
    log_plugin_disabled => "停用插件", "Plugin disabled";
    log_export => "导出", "Exported";
    log_export_denied => "导出被拒绝", "Export refused";
    log_members => "成员", "members";
    log_managers => "负责人", "managers";
    log_roles => "角色", "roles";
    log_user => "用户", "user";
    log_role => "角色", "role";
    log_department => "部门", "department";
    log_team => "团队", "team";
    log_name => "名称", "name";
    log_object => "对象", "object";
    log_record => "记录", "record";
    log_records => "记录数", "records";
    log_filter => "条件", "filter";
    log_plugin => "插件", "plugin";
    log_version => "版本", "version";
    log_email => "邮箱", "e-mail";
    log_address => "地址", "address";
    log_token => "令牌", "token";
    log_share => "共享", "share";
    log_administrator => "管理员", "administrator";
    log_all_details => "全部内容", "Everything";
}
