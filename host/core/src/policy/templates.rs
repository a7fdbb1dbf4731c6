//! The roles that every tenant starts with: the administrator and a template for each kind of user. Tenants change them as they like.

use std::collections::BTreeMap;

use super::right::{Function, Scope};
use super::role::{ADMINISTRATOR, ANY_OBJECT, Role, Template};
use crate::meta::{Label, Origin};

type Rights = BTreeMap<Function, Scope>;

/// The roles that every tenant starts with.
pub fn host_roles() -> Vec<Role> {
    let mut roles = vec![Role {
        key: ADMINISTRATOR.into(),
        label: Label::new("管理员", "Administrator"),
        origin: Origin::Host,
        administrator: true,
        description: Label::new(
            "管理租户的对象、字段、角色、用户和插件。",
            "Keeps the tenant's objects, fields, roles, users and plugins.",
        ),
        ..Role::default()
    }];
    roles.extend(internal());
    roles.extend(external());
    roles
}

fn internal() -> Vec<Role> {
    use Scope::{All, Department, DepartmentBelow, Own};
    let own = worker(Own, Own);
    vec![
        template(
            "senior_management",
            Label::new("高层管理者", "Senior management"),
            Label::new(
                "看全公司的客户、业务和指标，决定方向。",
                "Sees customers, business and figures of the whole company and sets its course.",
            ),
            &[("按指标检查业务", "Watch the business by its figures"), ("批准规则和目标", "Approve rules and targets")],
            &[(ANY_OBJECT, rights(&[(Function::View, All), (Function::Aggregate, All), (Function::Export, All)]))],
        ),
        template(
            "manager",
            Label::new("部门经理", "Manager"),
            Label::new(
                "中层管理者：带一个部门，对部门及下级的客户负责。",
                "Middle management: leads a department and answers for its customers and those below.",
            ),
            &[
                ("分配客户", "Assign customers"),
                ("检查部门的工作", "Check the department's work"),
                ("导入和导出部门的资料", "Load and write the department's data"),
            ],
            &[(ANY_OBJECT, manager(DepartmentBelow))],
        ),
        template(
            "salesperson",
            Label::new("销售人员", "Salesperson"),
            Label::new("开发和维护自己的客户。", "Finds and keeps customers of their own."),
            &[("登记客户和联系人", "Enter customers and contacts"), ("跟进自己的业务", "Follow up their own business")],
            &[(ANY_OBJECT, own.clone())],
        ),
        template(
            "customer_service",
            Label::new("客户服务人员", "Customer service"),
            Label::new("答复所有客户的问题，更新客户资料。", "Answers every customer's questions and keeps their data right."),
            &[("处理咨询和投诉", "Handle questions and complaints"), ("更正客户资料", "Correct customers' data")],
            &[(ANY_OBJECT, own.clone()), ("customer", worker(All, All)), ("contact", worker(All, All))],
        ),
        template(
            "marketing_staff",
            Label::new("市场营销人员", "Marketing staff"),
            Label::new(
                "了解市场，策划活动，看全部客户的资料和汇总。",
                "Knows the market and plans campaigns over all customers and their figures.",
            ),
            &[("分析客户", "Analyse customers"), ("策划和评估活动", "Plan and judge campaigns")],
            &[
                (ANY_OBJECT, own.clone()),
                ("customer", with(worker(All, Own), &[(Function::Import, All)])),
                ("contact", with(worker(All, Own), &[(Function::Import, All)])),
            ],
        ),
        template(
            "call_centre_agent",
            Label::new("呼叫中心座席", "Call-centre agent"),
            Label::new("接打电话，查到来电的客户并记录。", "Takes and makes calls, finds the caller and writes down what was said."),
            &[("接听和呼出电话", "Take and make calls"), ("记录每次通话", "Write down each call")],
            &[
                (ANY_OBJECT, worker(Department, Own)),
                ("customer", with(worker(All, Own), &[(Function::Edit, All)])),
                ("contact", with(worker(All, Own), &[(Function::Edit, All)])),
            ],
        ),
    ]
}

/// People outside see what is theirs or shared with them, and nobody of the company.
fn external() -> Vec<Role> {
    let looks = rights(&[(Function::View, Scope::Own)]);
    let outside = |key: &str, label: Label, description: Label, more: &[(&str, Rights)]| {
        let mut grants = vec![("customer", looks.clone()), ("contact", looks.clone())];
        grants.extend(more.iter().cloned());
        let role = template(key, label, description, &[], &grants);
        Role { template: Some(Template::External), grants: grants.into_iter().map(|(k, r)| (k.to_owned(), r)).collect(), ..role }
    };
    vec![
        outside(
            "customer",
            Label::new("客户", "Customer"),
            Label::new("外部用户：看与自己共享的资料。", "From outside: sees what is shared with them."),
            &[],
        ),
        outside(
            "prospect",
            Label::new("潜在客户", "Prospect"),
            Label::new("外部用户：还没有成交，看与自己共享的资料。", "From outside and not yet a customer: sees what is shared with them."),
            &[],
        ),
        outside(
            "partner",
            Label::new("合作伙伴", "Partner"),
            Label::new(
                "外部用户：登记自己带来的客户，看与自己共享的资料。",
                "From outside: enters customers they bring, and sees what is shared with them.",
            ),
            &[
                ("customer", rights(&[(Function::View, Scope::Own), (Function::Create, Scope::Own), (Function::Edit, Scope::Own)])),
                ("contact", rights(&[(Function::View, Scope::Own), (Function::Create, Scope::Own), (Function::Edit, Scope::Own)])),
            ],
        ),
    ]
}

/// Sees and counts so far, makes anything, changes and deletes so far.
fn worker(sees: Scope, changes: Scope) -> Rights {
    rights(&[
        (Function::View, sees),
        (Function::Aggregate, sees),
        (Function::Create, Scope::All),
        (Function::Edit, changes),
        (Function::Bulk, changes),
        (Function::Delete, Scope::Own),
    ])
}

/// Everything so far.
fn manager(reach: Scope) -> Rights {
    let mut all: Rights = Function::ALL.into_iter().map(|function| (function, reach)).collect();
    all.insert(Function::Create, Scope::All);
    all
}

fn rights(entries: &[(Function, Scope)]) -> Rights {
    entries.iter().copied().collect()
}

fn with(mut rights: Rights, more: &[(Function, Scope)]) -> Rights {
    rights.extend(more.iter().copied());
    rights
}

fn template(key: &str, label: Label, description: Label, duties: &[(&str, &str)], grants: &[(&str, Rights)]) -> Role {
    let people = rights(&[(Function::View, Scope::All), (Function::Aggregate, Scope::All)]);
    let common = ["user", "department", "unit"].map(|object| (object.to_owned(), people.clone()));
    Role {
        key: key.into(),
        label,
        origin: Origin::Host,
        grants: common.into_iter().chain(grants.iter().map(|(object, rights)| ((*object).to_owned(), rights.clone()))).collect(),
        description,
        duties: duties.iter().map(|(zh, en)| Label::new(*zh, *en)).collect(),
        template: Some(Template::Internal),
        ..Role::default()
    }
}
