//! What finds what: one table for all of the search's rules.

use super::*;

fn finds(family: Family, text: &str, question: &str) -> bool {
    Asked::new(question).is_some_and(|asked| answers(&asked, &[(family, text)]))
}

#[test]
fn names_are_found() {
    for (text, question) in [
        ("张三", "zs"),
        ("张三", "zhangsan"),
        ("张三", "zhang san"),
        ("张三", "zhangs"),
        ("张三", "zhan"),
        ("张三", "ZhangSan"),
        ("张三", "张三"),
        ("张三", "三"),
        ("张 三", "张三"),
        ("张　三", "张三"),
        ("张三丰", "sanfeng"),
        ("张三丰", "zsf"),
        ("张三丰", "sf"),
        ("张三", "张san"),
        ("北京华联超市有限公司", "北京华联"),
        ("北京华联超市有限公司", "华联"),
        ("北京华联超市有限公司", "bjhl"),
        ("北京华联超市有限公司", "hlcs"),
        ("北京华联超市有限公司", "hualian"),
        ("北京华联超市有限公司", "beijing hualian"),
        ("北京华联超市有限公司", "华联 北京"),
        ("重庆单家", "chongqing"),
        ("重庆单家", "zhongqing"),
        ("单雄信", "shan xiongxin"),
        ("西安", "xian"),
        ("吕布", "lvbu"),
        ("华为 Huawei Technologies", "huawei 华为"),
        ("华为 Huawei Technologies", "华为 huawei"),
        ("Huawei", "hua"),
        ("Huawei", "hu"),
        ("Ｈｕａｗｅｉ", "huawei"),
        ("Élan Vital", "elan"),
        ("Elan Vital", "élan vi"),
        ("Straße 7", "strasse"),
        ("GTX Pro 2", "gtx pro"),
        ("iPhone15", "iphone 15"),
        ("iPhone 15", "iphone15"),
        ("RO202611-0012", "0012"),
        ("RO202611-0012", "ro202611-0012"),
        ("RO202611-0012", "2611"),
        ("电话 138-1234-5678", "13812345678"),
        ("3号楼", "3号"),
        ("ACME中国2号", "acme 中国"),
    ] {
        assert!(finds(Family::Name, text, question), "{question} should find {text}");
    }
}

#[test]
fn others_are_not_found() {
    for (text, question) in [
        ("李四", "zs"),
        ("李四", "张三"),
        ("张三", "sz"),
        ("张三", "sanzhang"),
        ("张三", "zhang si"),
        ("张四", "三"),
        ("三张", "张三"),
        ("华联北京", "北京华联"),
        ("北京，华联", "京华"),
        ("Huawei", "uawei"),
        ("Huawei", "华为"),
        ("Huawei Pro", "hua pro"),
        ("华为", "huawei 小米"),
        ("GTX Pro", "gtx basic"),
        ("1234567", "12389"),
        ("12345", "45 12"),
        ("abc", "abcd"),
        ("zebra", "z s"),
    ] {
        assert!(!finds(Family::Name, text, question), "{question} should not find {text}");
    }
}

#[test]
fn numbers_are_found_by_any_three_digits() {
    let phone = "+86 138-1234-5678";
    for question in [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "5678",
        "345678",
        "812",
        "+86 138 1234 5678",
        "+86-13812345678",
        "138 12345678",
        "138 12 34",
    ] {
        assert!(finds(Family::Number, phone, question), "{question}");
    }
    for question in ["13912345678", "78", "5679", "138 1234 9999", "张三", "abc", "87654"] {
        assert!(!finds(Family::Number, phone, question), "{question}");
    }
    assert!(finds(Family::Number, "13812345678", "+86 13812345678"));
}

#[test]
fn prose_has_no_pinyin() {
    assert!(finds(Family::Prose, "张三 came by; see report.", "报") == finds(Family::Prose, "a", "b"));
    assert!(finds(Family::Prose, "张三 came by", "张三 cam"));
    assert!(!finds(Family::Prose, "张三 came by", "zhangsan"));
    assert!(finds(Family::Prose, "li.na@example.com", "li.na@example.com"));
    assert!(finds(Family::Prose, "li.na@example.com", "na exam"));
    assert!(Asked::new(" .,; ").is_none() && Asked::new("").is_none());
}

#[test]
fn words_may_be_in_different_fields() {
    let asked = Asked::new("张三 5678").expect("words");
    assert!(answers(&asked, &[(Family::Name, "张三"), (Family::Number, "13812345678")]));
    assert!(!answers(&asked, &[(Family::Name, "张三")]));
}

#[test]
fn titles_are_ranked() {
    for (question, title, wanted) in [
        ("张三", "张三", Rank::ExactTitle),
        ("zs", "张三", Rank::ExactSound),
        ("zhangsan", "张三", Rank::ExactSound),
        ("张三", "张三丰", Rank::TitleBegins),
        ("zs", "张三丰", Rank::SoundBegins),
        ("zs", "ZS Ltd", Rank::TitleBegins),
        ("三", "张三", Rank::Title),
        ("acme ltd", "Acme, Ltd.", Rank::ExactTitle),
        ("5678", "张三", Rank::Other),
    ] {
        assert_eq!(rank(&Asked::new(question).expect("words"), title), wanted, "{question} {title}");
    }
}

#[test]
fn words_are_marked() {
    for (question, text, wanted) in [
        ("华联", "北京华联超市", vec![(2, 4)]),
        ("hlcs", "北京华联超市", vec![(2, 6)]),
        ("hualian", "北京华联超市", vec![(2, 4)]),
        ("acme 华", "华 ACME", vec![(0, 1), (2, 6)]),
        ("1234", "138-1234-5678", vec![(4, 8)]),
        ("13812345678", "138-1234-5678", vec![(0, 13)]),
        ("张三", "张 三", vec![(0, 3)]),
        ("zs", "张 三丰", vec![(0, 3)]),
        ("elan", "Élan", vec![(0, 4)]),
        ("x", "张三", vec![]),
    ] {
        assert_eq!(marks(&Asked::new(question).expect("words"), text), wanted, "{question} {text}");
    }
}

#[test]
fn tokens_are_bounded_and_plain() {
    let long = "行".repeat(300);
    assert!(value_tokens(Family::Name, &long).len() < 200);
    let text = "张三 Huawei Σίσυφος 138 'x' \"y\" \\ * ( ) : ^ é";
    for token in value_tokens(Family::Name, text) {
        assert!(token.chars().all(char::is_alphanumeric), "{token}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]

    #[test]
    fn a_text_finds_itself(text in "\\PC{1,24}") {
        for family in [Family::Name, Family::Prose] {
            if let Some(asked) = Asked::new(&text) {
                proptest::prop_assert!(asked.words().len() >= 12 || answers(&asked, &[(family, &text)]), "{text:?}");
                marks(&asked, &text);
                rank(&asked, &text);
            }
        }
        for token in value_tokens(Family::Name, &text) {
            proptest::prop_assert!(token.chars().all(char::is_alphanumeric));
        }
    }
}
