//! Choices in filters: what they become, and that they mean what the evaluation in memory means.

use super::sample::{check, check_problems, checked};

#[test]
fn choices_become_plain_conditions() {
    check("(active ? count : 0) > 5", "(active == true and count > 5)");
    check("(active ? count : 9) > 5", "((active == true and count > 5) or not active == true)");
    check("coalesce(fee, price) > 5", "((not fee is null and fee > 5.00) or (fee is null and not price is null and price > 5.00))");
    check("coalesce(name, 'x') == 'x'", "((not name is null and name == \"x\") or name is null)");
    check("(active ? due : null) == null", "((active == true and due is null) or not active == true)");
    check("abs(count) > 5", "((count < 0 and -count > 5) or (not count < 0 and count > 5))");
    check(
        "(active ? 'open' : 'closed') == stage",
        "((active == true and stage == \"open\") or (not active == true and stage == \"closed\"))",
    );
    check("count in [active ? 1 : 2]", "((active == true and count == 1) or (not active == true and count == 2))");
    check("coalesce(active, true)", "((not active is null and active == true) or active is null)");
    check("lines.exists(l, l.qty > 5)", "any lines (qty > 5)");
    check("lines.all(l, l.qty > count)", "not any lines (not qty > thing.count)");
    check("'red' in tags && !('china' in place)", "(tags has \"red\" and not place has Texts([\"asia\", \"china\"]))");
    check("me in people", "people has @1");
    check(
        "about == 'customer/00000000-0000-0000-0000-000000000007'",
        "about == AnyRef { object: \"customer\", id: 00000000-0000-0000-0000-000000000007 }",
    );
    check("span >= 3600 && span != null", "(span >= 3600 and not span is null)");
}

#[test]
fn rounding_becomes_bounds() {
    check("round(price) >= 3", "price >= 2.50");
    check("round(price) > 3", "price >= 3.50");
    check("round(price) <= 3", "price < 3.50");
    check("round(price) == 0", "(price > -0.50 and price < 0.50)");
    check("round(price) < -3", "price <= -3.50");
    check("round(price) >= -3", "price > -3.50");
    check("round(weight, 2) == 0.125", "false");
    check("round(weight, 2) > 0.125", "weight >= 0.1250");
    check("3 <= round(price)", "price >= 2.50");
    check("round(count) != 4", "not (count > 3 and count <= 4)");
}

#[test]
fn what_no_database_answers_is_refused() {
    check_problems("round(price) == count", &[("filter.not_pushable", 1)]);
    check_problems("round(price) * 2 > 3", &[("filter.not_pushable", 1)]);
    check_problems("3 < size(name)", &[("filter.not_pushable", 5)]);
    check_problems("extra == null", &[("filter.not_pushable", 1)]);
    check_problems("lines == null", &[("filter.not_pushable", 1)]);
    check_problems("lines.exists(l, l.product.name == 'a')", &[("filter.not_pushable", 17)]);
    check_problems("customer.lines.exists(l, true)", &[("field.unknown", 1)]);
    check_problems("parent.lines.exists(l, true)", &[("filter.not_pushable", 1)]);
    check_problems("tags == tags", &[("filter.not_pushable", 1)]);
    check_problems("'red' in ['red']", &[("filter.not_pushable", 1)]);
    check_problems("place > 'asia'", &[("field.type", 1)]);
    check_problems("about == 'customer'", &[("field.type", 10)]);
    check_problems("span == 'long'", &[("field.type", 9)]);
    let wide = format!("max({}) > 1", ["count"; 30].join(", "));
    check_problems(&wide, &[("filter.not_pushable", 1)]);
    let deep = format!("{}count{} > 1", "abs(".repeat(20), ")".repeat(20));
    assert!(checked(&deep).expect_err("too many cases").iter().all(|p| p.code == "filter.not_pushable" && p.position.is_some()));
}
