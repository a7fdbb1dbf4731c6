//! What people read for each code of a refusal (design §13). A plugin's own codes keep the plugin's words.

use guanxi_core::meta::Locale;
use guanxi_core::{Problem, Value};

use super::{t, texts};

texts! {
    problem_malformed => "没能看懂这个请求", "The request could not be read";
    problem_filter_syntax => "条件写法有误", "The filter cannot be read";
    problem_filter_at(position) => "表达式写法有误，第 {position} 个字符处", "The expression cannot be read at character {position}";
    problem_filter_detail(detail) => "条件写法有误：{detail}", "The filter cannot be read: {detail}";
    problem_filter_not_pushable => "这个条件不能用于筛选", "This condition cannot be used as a filter";
    problem_expression_not_allowed => "规则或公式里不能这样写", "A rule or formula cannot say this";
    problem_expression_not_allowed_at(position) => "规则或公式里不能这样写，第 {position} 个字符处", "A rule or formula cannot say this, at character {position}";
    problem_auth => "请先登录", "Sign in first";
    problem_field_forbidden => "您没有这个字段的权限", "You do not have the right to this field";
    problem_field_read_only_for_you => "您可以看，但不能改这个字段", "You may read this field, but not change it";
    rule_role_kept => "这个角色属于系统或插件，不能删除；可以收回它的权限", "This role belongs to the program or a plugin and stays; take its rights away instead";
    rule_role_last_administrator => "至少要留一位能登录的管理员", "Somebody has to be left who can administer the tenant";
    rule_role_field => "这个字段人人可见，不能限制", "Everybody who sees a record sees this field";
    problem_denied => "您没有这项权限", "You do not have the right to do this";
    problem_denied_with(right) => "需要“{right}”权限", "This needs \"{right}\"";
    problem_not_found => "找不到，可能已删除或不在您能看到的范围里", "Not there. It may have been deleted, or you may not have access";
    problem_version_conflict => "别人先改了这条记录；请看最新内容后再保存", "Someone else saved first. Look at the latest version, then save";
    problem_required => "必填", "Required";
    problem_not_unique => "已有相同的值", "This value is taken";
    problem_not_unique_value(value) => "已有“{value}”", "\"{value}\" is taken";
    problem_type => "格式不对", "The format is not right";
    problem_type_expected(expected) => "请填{expected}", "Please enter {expected}";
    problem_type_received(expected, value) => "请填{expected}，收到“{value}”", "Please enter {expected}; this was \"{value}\"";
    problem_range => "超出允许范围", "Out of range";
    problem_range_between(min, max) => "须在 {min} 到 {max} 之间", "Must be between {min} and {max}";
    problem_range_min(min) => "不能小于 {min}", "Must be at least {min}";
    problem_range_max(max) => "不能大于 {max}", "Must be at most {max}";
    problem_range_length(max) => "最多 {max} 字", "At most {max} characters";
    problem_range_reversed => "结束不能早于开始", "The end cannot lie before the begin";
    problem_range_digits => "数字的位数太多，请以字符串发送", "This number has too many digits. Send it as a string";
    problem_range_computed(field, record) => "记录 {record} 的“{field}”放不下算出的值", "The computed value does not fit \"{field}\" of record {record}";
    problem_range_scale(scale) => "最多 {scale} 位小数", "At most {scale} decimals";
    problem_mask(mask) => "格式须为 {mask}", "Must look like {mask}";
    problem_option => "不在可选项里", "Not one of the options";
    problem_option_value(value) => "“{value}”不在可选项里", "\"{value}\" is not one of the options";
    problem_field_unknown => "没有这个字段", "There is no such field";
    problem_field_unknown_name(name) => "没有字段“{name}”", "There is no field \"{name}\"";
    problem_reference => "找不到所选的记录", "The chosen record is not there";
    problem_rule => "不符合规则", "A rule was not met";
    problem_read_only => "由系统填写，不能改", "Set by the server; it cannot be changed";
    problem_fan_out => "两个互不相干的关联会把记录重复计算，请分开统计", "Two joins beside each other would count records several times. Ask for each alone";
    problem_groups => "分组太多，请分得粗一些", "Too many groups. Group more coarsely";
    problem_import_map => "导入映射有误", "The import map has a mistake";
    problem_sequence_format => "编号格式里要有且只有一个计数器（如 {0000}），大括号里只能是 yyyy、yy、MM、dd 或若干个 0", "A number format has exactly one counter, such as {0000}; braces hold only yyyy, yy, MM, dd or zeros";
    rule_user_delete => "用户不能删除，请改为停用；记录仍归原负责人", "A user is set to not active, not deleted: records keep their owner";
    rule_user_self => "不能停用自己", "You cannot lock yourself out";
    rule_department_cycle => "部门不能放在自己的下级里", "A department cannot lie below itself";
    rule_unit_used => "还有其他单位换算为它，不能删除", "Other units convert to this one, so it stays";
    rule_unit_cycle => "计量单位不能换算回自己", "A unit cannot be defined by itself";
    problem_unit => "这两个计量单位不能互相换算", "These units cannot be converted into each other";
    rule_people_hidden => "权限依赖这个对象，不能隐藏", "Rights depend on this object; it cannot be hidden";
    rule_field_hidden => "这个字段用来称呼或跟踪记录，不能隐藏", "This field names or tracks the records; it cannot be hidden";
    rule_field_declared(what) => "这个字段由“{what}”声明，它要靠这个字段工作，不能放宽或隐藏", "This field is declared by \"{what}\", which counts on it; it cannot be loosened or hidden";
    rule_field_used(what) => "这个字段正在使用，不能隐藏、删除或改类型：{what}", "This field is in use; it cannot be hidden, dropped or given another type: {what}";
    rule_field_unconvertible(count) => "有 {count} 条记录的值不能转换，请先预览", "{count} records have a value that does not convert. Look at the preview first";
    rule_children_nested => "明细下面不能再有明细", "Lines have no lines of their own";
    rule_department_used => "部门下还有部门、用户或记录，不能删除", "Departments, users or records still belong to it; it cannot be deleted";
    rule_plugin_object(what) => "需要对象“{what}”，还没有启用的插件提供它", "It needs the object \"{what}\", which no enabled plugin provides";
    rule_plugin_plugin(what) => "需要先启用插件“{what}”", "It needs the plugin \"{what}\"";
    rule_plugin_provided(what) => "对象“{what}”已由别的插件提供", "Another plugin already provides the object \"{what}\"";
    rule_batch_running => "这批改动还在进行，请等它结束", "This batch is still running. Wait until it has ended";
    rule_batch_undone => "这批改动已经撤销；要恢复请撤销那次撤销", "This batch was undone already. To bring it back, undo that undo";
    rule_batch_expired => "只能撤销 30 天内的改动", "Changes can be undone for 30 days";
    rule_batch_ended => "这批改动已被中止", "This batch is not running any more";
    rule_plugin_needed(what) => "插件“{what}”依赖它，请先停用", "\"{what}\" needs it; disable that first";
    rule_broken(what) => "规则“{what}”用到的字段已经不在，请管理员修改规则", "The rule \"{what}\" uses a field that is no longer there. An administrator can mend it";
    rule_formula_cycle(what) => "公式绕了一圈又用到自己：{what}", "The formula depends on itself: {what}";
    problem_illegal_transition => "不能从现在的状态改到这个状态", "This state cannot follow the present one";
    problem_ambiguous => "有多个动作可到这个状态，请选一个动作", "Several actions lead to this state. Choose one";
    problem_confirm => "请确认后再保存", "Please confirm, then save";
    problem_request_large => "内容太大", "The content is too large";
    problem_too_wide => "这条记录的内容太长，请缩短文本", "This record is too long. Shorten its texts";
    problem_too_many_fields => "字段已达上限", "The object has as many fields as it can";
    problem_idempotency => "同一个请求编号已用于别的内容", "This request key was used for other content";
    problem_cascade => "连带改动太多，没有保存", "Too many changes followed from this one. Nothing was saved";
    problem_plugin => "插件没能完成检查，没有保存", "A plugin could not finish its check. Nothing was saved";
    problem_plugin_named(plugin) => "插件“{plugin}”没能完成检查，没有保存", "Plugin \"{plugin}\" could not finish its check. Nothing was saved";
    problem_rate => "请求太快，请稍后再试", "Too many requests. Try again in a moment";
    problem_busy => "服务器正忙，请稍后再试", "The server is busy. Try again in a moment";
    problem_slow => "查询太慢，已停下", "The query was too slow and was stopped";
    problem_slow_index(index) => "查询太慢，已停下；给 {index} 加索引会快", "The query was too slow and was stopped. An index on {index} would help";
    problem_csv => "CSV 文件有误", "The CSV file has a mistake";
    problem_lookup_none => "没有找到对应的记录", "No record matches";
    problem_lookup_none_value(value) => "没有找到“{value}”", "No record matches \"{value}\"";
    problem_lookup_many => "有多条对应的记录", "Several records match";
    problem_lookup_many_value(value) => "有多条记录叫“{value}”", "Several records match \"{value}\"";
    problem_package => "插件包不能用", "The plugin package cannot be used";
    problem_not_component => "文件不是 WebAssembly 组件", "The file is not a WebAssembly component";
    problem_manifest_missing => "插件包里没有清单", "The plugin package has no manifest";
    problem_manifest_invalid => "插件清单有误", "The plugin's manifest has a mistake";
    problem_import_undeclared => "插件用了清单里没有声明的能力", "The plugin uses a capability that its manifest does not declare";
    problem_link => "插件要的接口这台服务器没有", "The plugin asks for an interface that this server does not have";
    problem_internal => "服务器出了问题，您的数据没有改动", "Something failed on the server. Nothing was changed";
    kind_text => "文字", "text";
    kind_email => "邮箱地址，如 name@company.cn", "an e-mail address, such as name@company.com";
    kind_phone => "电话号码", "a phone number";
    kind_url => "以 https:// 开头的网址", "a web address that starts with https://";
    kind_integer => "整数", "a whole number";
    kind_decimal => "数字", "a number";
    kind_percent => "百分比，如 60.00", "a percentage, such as 60.00";
    kind_money => "金额，如 1860.50", "an amount, such as 1860.50";
    kind_bool => "是或否", "yes or no";
    kind_date => "日期，如 2026-11-22", "a date, such as 2026-11-22";
    kind_datetime => "日期和时间", "a date and time";
    kind_reference => "一条记录", "a record";
    kind_select => "一个选项", "one of the options";
    kind_multi_select => "几个选项", "some of the options";
    kind_tree_select => "选项树中的一处", "a place in the tree of options";
    kind_duration => "时长，如 1:30", "a length of time, such as 1:30";
    kind_any_reference => "任一对象的一条记录", "a record of any object";
    kind_many_reference => "几条记录", "some records";
    kind_children => "明细", "lines";
    kind_file => "附件", "attachments";
    kind_json => "JSON", "JSON";
}

/// The sentence for a person. Known codes are translated with their parts; other codes (a plugin's) keep their own detail.
///
/// Parts used when present: `value`, `expected` or `type` (a field type's name), `min`, `max`, `max_length`, `scale`, `right`, `plugin`,
/// `index`, `detail`, `name`.
pub fn problem_text(locale: Locale, problem: &Problem) -> String {
    let texts = t(locale);
    let part = |name: &str| problem.params.iter().find(|(key, _)| key == name).map(|(_, value)| shown(value));
    let or = |with: Option<String>, without: &str| with.unwrap_or_else(|| without.to_owned());
    match problem.code.as_str() {
        "request.malformed" => texts.problem_malformed().into(),
        "filter.syntax" => match (problem.position, part("detail")) {
            (Some(position), _) => texts.problem_filter_at(&position.to_string()),
            (None, Some(detail)) => texts.problem_filter_detail(&detail),
            (None, None) => texts.problem_filter_syntax().into(),
        },
        "filter.not_pushable" => texts.problem_filter_not_pushable().into(),
        "expression.not_allowed" => match problem.position {
            Some(position) => texts.problem_expression_not_allowed_at(&position.to_string()),
            None => texts.problem_expression_not_allowed().into(),
        },
        "auth.required" => texts.problem_auth().into(),
        "permission.denied" => or(part("right").map(|r| texts.problem_denied_with(&r)), texts.problem_denied()),
        "field.forbidden" => match part("right").as_deref() {
            Some("read") => texts.problem_field_read_only_for_you().into(),
            _ => texts.problem_field_forbidden().into(),
        },
        "permission.viewing" => texts.problem_viewing().into(),
        "not_found" => texts.problem_not_found().into(),
        "record.version_conflict" => texts.problem_version_conflict().into(),
        "field.required" => texts.problem_required().into(),
        "field.not_unique" => or(part("value").map(|v| texts.problem_not_unique_value(&v)), texts.problem_not_unique()),
        "field.type" => match (part("expected").or_else(|| part("type")).map(|e| kind(locale, &e)), part("value")) {
            (Some(expected), Some(value)) => texts.problem_type_received(&expected, &value),
            (Some(expected), None) => texts.problem_type_expected(&expected),
            _ => texts.problem_type().into(),
        },
        "field.range" => range(locale, &part),
        "field.mask" => or(part("mask").map(|mask| texts.problem_mask(&mask)), texts.problem_type()),
        "field.option" => or(part("value").map(|v| texts.problem_option_value(&v)), texts.problem_option()),
        "field.unknown" => {
            or(part("name").or_else(|| problem.field.clone()).map(|n| texts.problem_field_unknown_name(&n)), texts.problem_field_unknown())
        }
        "reference.not_found" => texts.problem_reference().into(),
        "field.read_only" => texts.problem_read_only().into(),
        "query.too_many_groups" => texts.problem_groups().into(),
        "aggregate.fan_out" => texts.problem_fan_out().into(),
        "unit.not_convertible" => texts.problem_unit().into(),
        "import.map" => texts.problem_import_map().into(),
        "sequence.format" => texts.problem_sequence_format().into(),
        "rule.failed" => declared(locale, &part).unwrap_or_else(|| rule(locale, &part)),
        "state.illegal_transition" => texts.problem_illegal_transition().into(),
        "state.ambiguous" => texts.problem_ambiguous().into(),
        "confirm.needed" => texts.problem_confirm().into(),
        "request.too_large" => texts.problem_request_large().into(),
        "record.too_wide" => texts.problem_too_wide().into(),
        "object.too_many_fields" => texts.problem_too_many_fields().into(),
        "idempotency.body_differs" => texts.problem_idempotency().into(),
        "save.cascade_limit" => texts.problem_cascade().into(),
        "plugin.failed" => or(part("plugin").map(|p| texts.problem_plugin_named(&p)), texts.problem_plugin()),
        "rate.limited" => texts.problem_rate().into(),
        "busy" | "tenant.busy" => texts.problem_busy().into(),
        "query.too_slow" => or(part("index").map(|i| texts.problem_slow_index(&i)), texts.problem_slow()),
        "import.lookup_none" => or(part("value").map(|v| texts.problem_lookup_none_value(&v)), texts.problem_lookup_none()),
        "import.lookup_many" => or(part("value").map(|v| texts.problem_lookup_many_value(&v)), texts.problem_lookup_many()),
        "package.not_component" => texts.problem_not_component().into(),
        "package.manifest_missing" => texts.problem_manifest_missing().into(),
        "package.manifest_invalid" => texts.problem_manifest_invalid().into(),
        "package.import_undeclared" => texts.problem_import_undeclared().into(),
        "package.link" => texts.problem_link().into(),
        "internal" => texts.problem_internal().into(),
        code if code.starts_with("csv.") => texts.problem_csv().into(),
        code if code.starts_with("package.") => texts.problem_package().into(),
        _ => declared(locale, &part).unwrap_or_else(|| problem.detail.clone()),
    }
}

/// The words that a declared rule brings along in both languages.
fn declared(locale: Locale, part: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    part(locale.tag()).filter(|words| !words.is_empty())
}

/// The host's own rules by name; validation rules of a tenant bring their own words.
fn rule(locale: Locale, part: &dyn Fn(&str) -> Option<String>) -> String {
    let texts = t(locale);
    let what = part("what").unwrap_or_default();
    match part("rule").as_deref() {
        Some("user.delete") => texts.rule_user_delete().into(),
        Some("user.self") => texts.rule_user_self().into(),
        Some("role.kept") => texts.rule_role_kept().into(),
        Some("role.last_administrator") => texts.rule_role_last_administrator().into(),
        Some("role.field") => texts.rule_role_field().into(),
        Some("unit.cycle") => texts.rule_unit_cycle().into(),
        Some("unit.used") => texts.rule_unit_used().into(),
        Some("department.cycle") => texts.rule_department_cycle().into(),
        Some("people.hidden") => texts.rule_people_hidden().into(),
        Some("field.hidden") => texts.rule_field_hidden().into(),
        Some("field.declared") => texts.rule_field_declared(&what),
        Some("field.used") => texts.rule_field_used(&what),
        Some("field.unconvertible") => texts.rule_field_unconvertible(&part("count").unwrap_or_default()),
        Some("rule.broken") => texts.rule_broken(&what),
        Some("formula.cycle") => texts.rule_formula_cycle(&what),
        Some("children.nested") => texts.rule_children_nested().into(),
        Some("department.used") => texts.rule_department_used().into(),
        Some("plugin.object") => texts.rule_plugin_object(&what),
        Some("plugin.plugin") => texts.rule_plugin_plugin(&what),
        Some("plugin.provided") => texts.rule_plugin_provided(&what),
        Some("batch.running") => texts.rule_batch_running().into(),
        Some("batch.undone") => texts.rule_batch_undone().into(),
        Some("batch.expired") => texts.rule_batch_expired().into(),
        Some("batch.ended") => texts.rule_batch_ended().into(),
        Some("plugin.needed") => texts.rule_plugin_needed(&what),
        _ => texts.problem_rule().into(),
    }
}

fn range(locale: Locale, part: &dyn Fn(&str) -> Option<String>) -> String {
    let texts = t(locale);
    match part("reason").as_deref() {
        Some("reversed") => return texts.problem_range_reversed().into(),
        Some("digits") => return texts.problem_range_digits().into(),
        _ => {}
    }
    if let (Some(record), Some(field)) = (part("record"), part("name")) {
        return texts.problem_range_computed(&field, &record);
    }
    if let Some(max) = part("max_length") {
        return texts.problem_range_length(&max);
    }
    if let Some(scale) = part("scale") {
        return texts.problem_range_scale(&scale);
    }
    match (part("min"), part("max")) {
        (Some(min), Some(max)) => texts.problem_range_between(&min, &max),
        (Some(min), None) => texts.problem_range_min(&min),
        (None, Some(max)) => texts.problem_range_max(&max),
        (None, None) => texts.problem_range().into(),
    }
}

/// Words for a field type's name; a name without words stays as it is.
fn kind(locale: Locale, name: &str) -> String {
    let texts = t(locale);
    match name {
        "text" | "long_text" => texts.kind_text(),
        "email" => texts.kind_email(),
        "phone" => texts.kind_phone(),
        "url" => texts.kind_url(),
        "integer" => texts.kind_integer(),
        "decimal" | "number" => texts.kind_decimal(),
        "percent" => texts.kind_percent(),
        "money" => texts.kind_money(),
        "bool" => texts.kind_bool(),
        "date" => texts.kind_date(),
        "datetime" => texts.kind_datetime(),
        "reference" => texts.kind_reference(),
        "select" => texts.kind_select(),
        "multi_select" => texts.kind_multi_select(),
        "tree_select" => texts.kind_tree_select(),
        "duration" => texts.kind_duration(),
        "any_reference" => texts.kind_any_reference(),
        "many_reference" => texts.kind_many_reference(),
        "children" => texts.kind_children(),
        "file" => texts.kind_file(),
        "json" => texts.kind_json(),
        other => other,
    }
    .to_owned()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => instant.format("%Y-%m-%d %H:%M").to_string(),
        Value::Ref(id) => id.to_string(),
        Value::Texts(codes) => codes.join(", "),
        Value::Refs(ids) => ids.iter().map(uuid::Uuid::to_string).collect::<Vec<_>>().join(", "),
        Value::AnyRef { object, id } => format!("{object}/{id}"),
        Value::Json(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_code_has_words_in_both_languages() {
        for code in [
            "request.malformed",
            "filter.syntax",
            "auth.required",
            "permission.denied",
            "permission.viewing",
            "field.forbidden",
            "not_found",
            "record.version_conflict",
            "field.not_unique",
            "state.illegal_transition",
            "state.ambiguous",
            "confirm.needed",
            "request.too_large",
            "field.unknown",
            "field.required",
            "field.type",
            "field.range",
            "field.option",
            "sequence.format",
            "reference.not_found",
            "rule.failed",
            "filter.not_pushable",
            "expression.not_allowed",
            "record.too_wide",
            "object.too_many_fields",
            "idempotency.body_differs",
            "save.cascade_limit",
            "plugin.failed",
            "rate.limited",
            "busy",
            "tenant.busy",
            "query.too_slow",
            "csv.unclosed_quote",
            "import.lookup_none",
            "import.lookup_many",
            "package.not_component",
            "package.manifest_missing",
            "package.manifest_invalid",
            "package.import_undeclared",
            "package.link",
            "internal",
        ] {
            for locale in [Locale::ZhCn, Locale::En] {
                let text = problem_text(locale, &Problem::error(code, "DETAIL"));
                assert!(!text.is_empty() && text != "DETAIL", "{code} has no words in {locale:?}");
            }
        }
    }

    #[test]
    fn parts_make_the_sentence_precise() {
        let check = |problem: Problem, zh: &str, en: &str| {
            assert_eq!(problem_text(Locale::ZhCn, &problem), zh);
            assert_eq!(problem_text(Locale::En, &problem), en);
        };
        check(Problem::error("field.option", "").with("value", "x"), "“x”不在可选项里", "\"x\" is not one of the options");
        check(
            Problem::error("field.type", "").with("expected", "integer").with("value", "abc"),
            "请填整数，收到“abc”",
            "Please enter a whole number; this was \"abc\"",
        );
        check(Problem::error("field.range", "").with("min", 0_i64).with("max", 100_i64), "须在 0 到 100 之间", "Must be between 0 and 100");
        check(Problem::error("filter.syntax", "").at(7), "表达式写法有误，第 7 个字符处", "The expression cannot be read at character 7");
        let rule = Problem::error("rule.failed", "x").with("rule", "low").with("zh-CN", "价格太低").with("en", "The price is low");
        check(rule, "价格太低", "The price is low");
        let rule = Problem::error("x.low", "x").with("zh-CN", "价格太低").with("en", "The price is low");
        check(rule, "价格太低", "The price is low");
        check(Problem::error("cm.reason.missing", "Say why"), "Say why", "Say why");
    }
}
