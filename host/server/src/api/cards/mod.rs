//! `/api/v1/objects/{object}/cards`: as which kinds an object's records stand on the cards of their customers.

pub(super) mod get;
pub(super) mod put;

use guanxi_core::Problem;
use guanxi_core::meta::Label;
use guanxi_sandbox::manifest::{CardDecl, CardMeasure, CardName, Words};
use serde_json::{Value as Json, json};

use super::reader::{Codes, Reader};

/// The whole document; what is put can be got and put again.
fn document(cards: &[CardDecl]) -> Json {
    let one = |card: &CardDecl| {
        json!({
            "card": card.card.name(),
            "key": card.key,
            "through": card.through,
            "label": (!card.label.is_empty()).then(|| json!({ "zh-CN": card.label.zh, "en": card.label.en })),
            "icon": card.icon,
            "date": card.date,
            "title": card.title,
            "amount": card.amount,
            "status": card.status,
            "person": card.person,
            "where": card.condition,
            "measure": card.measure.map(CardMeasure::name),
        })
    };
    json!({ "cards": cards.iter().map(one).collect::<Json>() })
}

/// Reads the document for an object; all mistakes at once. What it means is checked by the engine.
fn read(body: Json, object: &str) -> Result<Vec<CardDecl>, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let mut found = Vec::new();
    for (place, json) in reader.array("cards").into_iter().enumerate() {
        match card(json, &format!("cards.{place}."), object) {
            Ok(one) => found.push(one),
            Err(problems) => reader.add(problems),
        }
    }
    reader.finish().map(|()| found)
}

fn card(json: Json, place: &str, object: &str) -> Result<CardDecl, Vec<Problem>> {
    let mut reader = Reader::new(json, place, Codes::Metadata)?;
    let label = reader.label("label").unwrap_or_default();
    let name = reader.required_text("card");
    let measure = reader.text("measure");
    let mut wrong = Vec::new();
    let mut option = |part: &str, value: &str, known: &str| {
        let problem = Problem::error("field.option", format!("there is no option `{value}`; the codes are {known}"));
        wrong.push(problem.on(format!("{place}{part}")).with("value", value.to_owned()));
    };
    let card = CardName::parse(&name);
    if card.is_none() && !name.is_empty() {
        option("card", &name, "`contacts`, `transactions`");
    }
    let parsed = measure.as_deref().map(CardMeasure::parse);
    if let (Some(None), Some(measure)) = (parsed, &measure) {
        option("measure", measure, "`volume`, `payment`");
    }
    let decl = CardDecl {
        card: card.unwrap_or(CardName::Contacts),
        key: reader.text("key").unwrap_or_else(|| object.to_owned()),
        object: object.to_owned(),
        through: reader.text("through").unwrap_or_else(|| "customer".to_owned()),
        label: words(label),
        icon: reader.text("icon"),
        date: reader.text("date"),
        title: reader.text("title"),
        amount: reader.text("amount"),
        status: reader.text("status"),
        person: reader.text("person"),
        condition: reader.text("where"),
        measure: parsed.flatten(),
    };
    reader.add(wrong);
    reader.finish().map(|()| decl)
}

fn words(label: Label) -> Words {
    Words { zh: label.zh, en: label.en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_got_can_be_put() {
        let body =
            json!({ "cards": [{ "card": "transactions", "date": "x_on", "amount": "x_sum", "measure": "volume", "where": "x_ok" }] });
        let read_once = read(body, "x_order").expect("a document");
        assert_eq!((read_once[0].key.as_str(), read_once[0].through.as_str()), ("x_order", "customer"));
        assert_eq!(read(document(&read_once), "x_order").as_ref(), Ok(&read_once));
    }

    #[test]
    fn mistakes_name_their_place() {
        let body = json!({ "cards": [{ "card": "letters", "measure": "weight", "colour": 1 }, 7, {}], "more": 1 });
        let found: Vec<String> =
            read(body, "x").expect_err("mistakes").into_iter().map(|p| format!("{} {}", p.code, p.field.unwrap_or_default())).collect();
        for wanted in [
            "field.option cards.0.card",
            "field.option cards.0.measure",
            "field.unknown cards.0.colour",
            "request.malformed cards.1",
            "field.required cards.2.card",
            "field.unknown more",
        ] {
            assert!(found.iter().any(|one| one == wanted), "{wanted} in {found:?}");
        }
    }
}
