//! Words of the pages about rights: roles, departments, teams, explaining, looking as somebody else.

use super::texts;

texts! {
    // roles
    admin_teams => "团队", "Teams";
    admin_explain => "解释权限", "Explain access";
    admin_log => "安全日志", "Security log";
    new_role => "新建角色", "New role";
    copy_role => "复制", "Copy";
    copy_of_role => "复制自", "Copy of";
    copy_of_nothing => "不复制，从空白开始", "Nothing; start without rights";
    role_template_internal => "内部模板", "Template";
    role_template_external => "外部模板", "Template for outsiders";
    role_kind => "种类", "Kind";
    role_description => "岗位说明", "Description";
    role_objects_tab => "对象权限", "Objects";
    role_fields_tab => "字段权限", "Fields";
    role_general_tab => "基本信息", "General";
    role_people_tab => "成员", "People";
    role_matrix => "对象与功能", "Objects and functions";
    role_matrix_hint => "每格是范围：这个角色能对哪些记录做这件事。勾选对象后，它用自己的一行，不再跟随“其他对象”。", "Each cell is a reach: on which records the role may do this. A ticked object has a row of its own and no longer follows \"All other objects\".";
    role_administration => "管理", "Administration";
    area_meta => "对象、字段与规则", "Objects, fields and rules";
    area_plugin => "插件", "Plugins";
    area_role => "角色与部门", "Roles and departments";
    area_allowed => "允许", "Allowed";
    scope_short_department => "本部门", "Dept.";
    scope_short_below => "部门及下级", "Dept. + below";
    special_right_needed => "特殊权限", "Special right";
    role_rules => "规则范围", "Rules";
    role_rules_hint => "除了上面的范围，满足条件的记录也包括在内。例：region == \"华东\"。条件留空就去掉这条规则。", "Beside the reach above, records for which the condition holds are included. Example: region == \"East\". An empty condition takes the rule away.";
    rule_condition_of => "条件", "Condition";
    function_of_rule => "功能", "Function";
    rule_mark => "规则", "rule";
    role_fields_hint => "没有限制的字段可读也可改（只要有对象的修改权限）。遮盖和化名只对文本类字段有意义。", "Fields without a limit can be read, and changed with the right to edit. Masks and pseudonyms make sense for texts only.";
    field_right_none => "看不到", "Hidden";
    field_right_mask => "遮盖", "Masked";
    field_right_pseudonym => "化名", "Pseudonym";
    field_right_read => "只读", "Read only";
    field_right_edit => "可改", "Can change";
    limited_fields(count: count) => "{count} 个字段受限", "1 limited field", "{count} limited fields";
    min_group => "最小分组", "Smallest group";
    min_group_help => "只看汇总的角色：少于这么多条记录的组不显示数字。留空为不限制。", "For roles that see figures only: groups of fewer records are withheld. Empty for no limit.";
    special_rights => "特殊权限", "Special rights";
    special_log_view => "查看安全日志", "See the security log";
    special_uom_maintain => "维护计量单位", "Maintain units of measure";
    special_scheduler_manage => "管理定时任务", "Manage scheduled jobs";
    duties_zh => "职责（中文），一行一条", "Duties in Chinese, one a line";
    duties_en => "职责（英文），一行一条", "Duties in English, one a line";
    duties => "职责", "Duties";
    description_zh => "岗位说明（中文）", "Description in Chinese";
    description_en => "岗位说明（英文）", "Description in English";
    role_key_help => "以 x_ 开头，小写字母、数字、下划线，之后不能改", "Starts with x_, small letters, digits, underscores; cannot change later";
    delete_role => "删除角色", "Delete role";
    delete_role_question(role) => "删除角色“{role}”？", "Delete the role \"{role}\"?";
    delete_role_hint => "它会从所有人身上取下，不能撤销。", "It is taken from everybody, and this cannot be undone.";
    role_deleted(role) => "已删除角色“{role}”", "The role \"{role}\" is deleted";
    role_saved(role) => "已保存“{role}”的权限，下一次请求起生效", "The rights of \"{role}\" are saved and count from the next request";
    role_nobody => "还没有人有这个角色", "Nobody has this role yet";
    role_nobody_hint => "在用户的页面上给人分配角色。", "Roles are given on the pages of users.";
    role_administrator_note => "管理员可做租户内的一切；这个角色不能收窄。", "Administrators may do everything in this tenant; this role cannot be narrowed.";
    role_changed_meanwhile => "别人刚改过这个角色；这里是现在的样子，请再改一次。", "Somebody else changed this role just now. This is how it is; please change it again.";
    see_as_role => "以此角色查看", "View as this role";
    see_as_user => "以此人身份查看", "View as this user";
    label_name => "名称", "Name";
    problem_role_key => "以 x_ 开头的小写字母、数字和下划线", "x_ and then small letters, digits and underscores";

    // looking as somebody else
    viewing_as_role(role) => "正在以角色“{role}”查看，什么也改不了", "Viewing as the role \"{role}\"; nothing can be changed";
    viewing_as_user(user) => "正在以“{user}”的身份查看，什么也改不了", "Viewing as {user}; nothing can be changed";
    viewing_end => "回到自己的身份", "Back to myself";
    viewing_ended => "已回到自己的身份", "You are yourself again";
    problem_viewing => "正在以别人的身份查看，什么也改不了", "You are viewing as somebody else; nothing can be changed";

    // departments
    new_department => "新建部门", "New department";
    new_department_below => "在其下新建", "Add below";
    department_managers => "负责人", "Managers";
    department_members => "成员", "Members";
    members_count(count: count) => "{count} 人", "1 member", "{count} members";
    department_above => "上级部门", "Above it";
    department_top => "没有上级", "Nothing above it";
    department_none => "还没有部门", "No departments yet";
    department_none_hint => "没有部门也能使用；有了部门，范围才能按部门来划。", "Guanxi works without departments; with them, rights can reach by department.";
    delete_department => "删除部门", "Delete department";
    delete_department_question(name) => "删除部门“{name}”？", "Delete the department \"{name}\"?";
    delete_department_hint => "有下级部门或成员的部门不能删除。", "A department with members or with departments below it cannot be deleted.";
    department_deleted(name) => "已删除部门“{name}”", "The department \"{name}\" is deleted";
    department_managers_help => "负责人看得到本部门的记录，范围与部门成员相同", "Managers see the department's records as its members do";

    // teams
    new_team => "新建团队", "New team";
    team_none => "还没有团队", "No teams yet";
    team_none_hint => "团队跨部门，可以把单条记录共享给整个团队。", "Teams go across departments; single records can be shared with a whole team.";
    team_members => "成员", "Members";
    delete_team => "删除团队", "Delete team";
    delete_team_question(name) => "删除团队“{name}”？", "Delete the team \"{name}\"?";
    delete_team_hint => "与这个团队的共享会一起取消。", "What is shared with the team is no longer shared.";
    team_deleted(name) => "已删除团队“{name}”", "The team \"{name}\" is deleted";
    manager_of => "负责的部门", "Manages";
    teams_of_user => "所在团队", "Teams";
    user_places => "部门与团队", "Departments and teams";

    // explain
    explain_hint => "选一个人和一个对象；再填记录编号或字段，就说明对那条记录、那个字段的权限。", "Choose a person and an object; with a record or a field it explains the rights to that record or field too.";
    explain_show => "说明", "Explain";
    explain_record => "记录编号", "Record id";
    explain_record_help => "记录页地址的最后一段", "The last part of the address of the record's page";
    explain_field => "字段", "Field";
    explain_no_field => "不问字段", "No field";
    explain_roles => "角色", "Roles";
    explain_functions => "功能权限", "Functions";
    explain_decision => "结论", "Decision";
    explain_reasons => "原因", "Reasons";
    explain_allowed => "可以", "Allowed";
    explain_denied => "不可以", "Not allowed";
    explain_this_record => "这条记录", "This record";
    explain_this_field(field) => "字段“{field}”", "The field \"{field}\"";
    explain_by_role(role) => "角色“{role}”", "Role \"{role}\"";
    explain_by_administrator => "管理员可做一切", "Administrators may do everything";
    explain_by_special => "由特殊权限决定", "Decided by a special right";
    explain_by_manager => "是该部门的负责人", "Manages the department";
    explain_by_share => "这条记录共享给了此人", "The record is shared with this person";
    explain_by_rule(rule) => "规则 {rule}", "Rule {rule}";
    explain_by_scope(scope) => "范围：{scope}", "Reach: {scope}";
    explain_by_computed => "由看不到的字段算出", "Computed from a field that may not be known";
    explain_no_limit => "没有角色限制这个字段", "No role limits this field";
    explain_join => "，", ", ";
    explain_by_none => "没有任何角色允许", "No role allows it";
    explain_holds => "对这条记录成立", "holds for this record";
    explain_fails => "对这条记录不成立", "does not hold for this record";

    // log
    log_when => "时间", "When";
    log_who => "谁", "Who";
    log_what => "什么", "What";
    log_detail => "详情", "Detail";
    log_nobody => "系统或未登录", "The system, or nobody signed in";
    log_hint => "只增不改：登录、拒绝、导出、授权的每一次。", "Lines are added, never changed: each login, refusal, export and grant.";
    log_empty => "还没有记录", "Nothing yet";
    log_older => "更早的", "Older";
}
