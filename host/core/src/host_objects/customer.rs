//! The customer with its file: form, descriptive data, classification; the people in the family, and analyses from surveys.

use super::customer_trees::{
    AREAS, DOCUMENT_TYPES, EDUCATION, KINDS, MARKET_POSITIONS, NATURE, SCALES, SEXES, SOURCES, TARGET_TYPES, TIME_CLASSES, TRADING_PROCESS,
};
use super::{HostObject, closed, field, grouped, indexed, reference, select, sequence, shown_if, text, title, tree};
use crate::meta::{Field, FieldKind, Label};
use crate::value::Value;

/// Where fields of people only are shown.
const PERSON: &str = "kind == \"person\"";

pub(super) fn customer() -> HostObject {
    let mut fields = basic();
    fields.extend(person());
    fields.extend(descriptive());
    fields.extend(classification());
    fields.extend(form());
    HostObject::new("customer", Label::new("客户", "Customer"), "building", "name", fields)
}

/// Who it is and how to reach it. Order and keys of the first fields are those of the first release.
fn basic() -> Vec<Field> {
    grouped(
        "基本信息",
        "Basic information",
        vec![
            title("name", "客户名称", "Name"),
            Field { required: true, default: Some(Value::from("organization")), ..select("kind", "类型", "Kind", KINDS) },
            Field { unique: true, indexed: true, ..text("code", "客户编码", "Code") },
            field("phone", "电话", "Phone", FieldKind::Phone),
            field("email", "邮箱", "E-mail", FieldKind::Email),
            text("address", "地址", "Address"),
            indexed(text("industry", "行业", "Industry")),
            indexed(text("region", "地区", "Region")),
            field("mobile", "手机", "Mobile phone", FieldKind::Phone),
            field("fax", "传真", "Fax", FieldKind::Phone),
            field("postal_code", "邮政编码", "Postal code", FieldKind::Text { max: 20 }),
            field("notes", "备注", "Notes", FieldKind::LongText),
        ],
    )
}

/// What only a person has.
fn person() -> Vec<Field> {
    let fields = vec![
        select("sex", "性别", "Sex", SEXES),
        // The age follows from it and is not stored: it would be wrong tomorrow.
        field("birth_date", "出生日期", "Date of birth", FieldKind::Date),
        text("native_place", "籍贯", "Native place"),
        text("health", "健康状况", "State of health"),
        select("education", "最高学历", "Highest education", EDUCATION),
        select("document_type", "证件类型", "Document type", DOCUMENT_TYPES),
        field("document_number", "证件号码", "Document number", FieldKind::Text { max: 60 }),
        Field { sourced: true, ..field("annual_income", "年收入", "Annual income", FieldKind::Money { scale: 2 }) },
        tree("annual_income_source", "年收入来源", "Annual income: source", SOURCES),
        field("family", "家庭成员", "Family members", FieldKind::Children { target: "family_member".into() }),
    ];
    grouped("个人资料", "Personal data", fields.into_iter().map(|field| shown_if(PERSON, field)).collect())
}

/// What changes slowly and tells what somebody is like.
fn descriptive() -> Vec<Field> {
    grouped(
        "描述性数据",
        "Descriptive data",
        vec![
            text("credit_standing", "信誉度", "Credit standing"),
            shown_if(PERSON, field("hobbies", "爱好", "Hobbies", FieldKind::LongText)),
            field("habits", "行为习惯", "Habits", FieldKind::LongText),
            field("analyses", "统计分析资料", "Analysis data", FieldKind::Children { target: "customer_analysis".into() }),
        ],
    )
}

/// The schemes by which customers are divided; industry is among the basic fields.
fn classification() -> Vec<Field> {
    grouped(
        "客户分类",
        "Classification",
        vec![
            tree("nature", "客户性质", "Nature", NATURE),
            indexed(select("trading_process", "交易过程", "Trading process", TRADING_PROCESS)),
            indexed(select("time_class", "时间序列", "By time", TIME_CLASSES)),
            indexed(select("market_position", "交易数量和市场地位", "Volume and market position", MARKET_POSITIONS)),
            indexed(select("area", "地理区域", "Area", AREAS)),
            indexed(select("scale", "规模", "Scale", SCALES)),
            indexed(select("target_type", "目标客户类型", "Target type", TARGET_TYPES)),
        ],
    )
}

/// The head of the form, and where its content comes from.
fn form() -> Vec<Field> {
    grouped(
        "建档信息",
        "Form",
        vec![
            Field { unique: true, indexed: true, ..sequence("C{yyyy}{MM}-{00000}", text("number", "客户编号", "Number")) },
            field("signed_by", "签单人员", "Signed by", reference("user")),
            field("filled_on", "填表日期", "Filled on", FieldKind::Date),
            tree("source", "信息来源", "Source of information", SOURCES),
        ],
    )
}

pub(super) fn contact() -> HostObject {
    let fields = vec![
        title("name", "姓名", "Name"),
        indexed(field("customer", "客户", "Customer", reference("customer"))),
        text("position", "职务", "Position"),
        field("phone", "电话", "Phone", FieldKind::Phone),
        field("email", "邮箱", "E-mail", FieldKind::Email),
        field("notes", "备注", "Notes", FieldKind::LongText),
    ];
    HostObject::new("contact", Label::new("联系人", "Contact"), "users", "name", fields)
}

/// The reference of a customer's child to its customer.
fn parent() -> Field {
    Field { required: true, indexed: true, ..field("customer", "客户", "Customer", reference("customer")) }
}

/// The place among its siblings.
fn position() -> Field {
    closed(field("position", "顺序", "Position", FieldKind::Integer))
}

pub(super) fn family_member() -> HostObject {
    let fields = vec![
        title("name", "姓名", "Name"),
        parent(),
        position(),
        field("relation", "关系", "Relation", FieldKind::Text { max: 60 }),
        text("employer", "工作单位", "Employer"),
        field("phone", "联系电话", "Contact phone", FieldKind::Phone),
    ];
    let object = HostObject::new("family_member", Label::new("家庭成员", "Family member"), "users", "name", fields);
    HostObject { parent: Some("customer"), ..object }
}

/// What a survey or a bought study says about a customer: each with its source and its day, so that several can be kept.
pub(super) fn customer_analysis() -> HostObject {
    let words = |key, zh, en| field(key, zh, en, FieldKind::LongText);
    let fields = vec![
        title("source", "来源", "Source"),
        parent(),
        position(),
        indexed(field("analysed_on", "日期", "Date", FieldKind::Date)),
        words("attitude", "对本企业的态度和评价", "Attitude to and evaluation of our company"),
        words("management_ability", "经营管理能力", "Management ability"),
        words("staff_quality", "人员素质", "Quality of staff"),
        words("industry_competition", "行业竞争状况", "Competition in the industry"),
        words("image", "形象", "Image"),
        words("reputation", "声誉", "Reputation"),
        words("financial_state", "财务状况", "Financial state"),
        words("contract_performance", "合同履行情况及存在的问题", "Contract performance and problems"),
        words("credit", "信用状况", "Credit"),
        words("dealings_with_others", "与其他竞争者的交易", "Dealings with other suppliers"),
        words("demand_characteristics", "需求特征", "Demand characteristics"),
        words("demand_potential", "需求潜力", "Demand potential"),
    ];
    let object = HostObject::new("customer_analysis", Label::new("统计分析资料", "Analysis data"), "chart", "source", fields);
    HostObject { parent: Some("customer"), ..object }
}
