//! What stage, status, success rate and closing date say of each other.

use guanxi_plugin::prelude::*;

/// A rung of the ladder: a row of `sl_stage`.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) rate: Decimal,
}

/// The tenant's stages from first contact to signature.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ladder(pub(crate) Vec<Stage>);

impl Ladder {
    pub(crate) fn load(context: &Context) -> Result<Self> {
        let name = if context.is_chinese() { "name" } else { "name_en" };
        let rows = FindRequest::new("sl_stage", ["code", name, "rate"]).sort("position").fetch()?;
        let stage = |row: &Row| {
            let code = row.text("code").unwrap_or_default().to_owned();
            let name = row.text(name).unwrap_or(&code).to_owned();
            Stage { name, code, rate: row.decimal("rate").unwrap_or(Decimal::ZERO) }
        };
        Ok(Self(rows.iter().map(stage).collect()))
    }

    fn first(&self) -> Option<&str> {
        self.0.first().map(|stage| stage.code.as_str())
    }

    /// The stage that means won.
    fn last(&self) -> Option<&str> {
        self.0.last().map(|stage| stage.code.as_str())
    }

    /// Where a reopened opportunity goes on.
    fn before_last(&self) -> Option<&str> {
        self.0.iter().rev().nth(1).or(self.0.last()).map(|stage| stage.code.as_str())
    }

    fn rate(&self, code: &str) -> Option<Decimal> {
        self.0.iter().find(|stage| stage.code == code).map(|stage| stage.rate)
    }
}

/// Signed means won, and the other way round; lost is a status, not a stage: the stage stays, the rate is 0.
pub(crate) fn settle(context: &Context, draft: &Draft, ladder: &Ladder) -> Verdict {
    let was = draft.old_value("status").as_text();
    let mut status = draft.text("status").unwrap_or("open");
    let mut stage = draft.text("stage").or(ladder.first()).unwrap_or_default();
    let signed = Some(stage) == ladder.last();
    // What the person moved decides; a new record has moved both.
    let moved_stage = draft.changed("stage");
    let moved_status = draft.changed("status");
    if moved_stage && signed && !(moved_status && status == "lost") {
        status = "won";
    } else if moved_status && status == "won" {
        stage = ladder.last().unwrap_or(stage);
    } else if moved_stage && !moved_status && was == Some("won") {
        status = "open";
    } else if moved_status && status == "open" && signed {
        stage = ladder.before_last().unwrap_or(stage);
    }
    let rate = if status == "lost" { Some(Decimal::new(0, 2)) } else { ladder.rate(stage) };
    let mut verdict = Verdict::accept().set("status", status).set("stage", stage).set("success_rate", rate);
    if status != "open" && draft.is_blank("closed_on") {
        verdict = verdict.set("closed_on", context.date());
    }
    if status == "open" && matches!(was, Some("won" | "lost")) {
        verdict = verdict.set("closed_on", Value::Null);
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder() -> Ladder {
        let stage = |(code, rate): (&str, i128)| Stage { code: code.into(), name: code.into(), rate: Decimal::new(rate * 100, 2) };
        Ladder([("contact", 5), ("demo", 60), ("contract", 90), ("signed", 100)].map(stage).to_vec())
    }

    /// `stage status closed_on` before (empty: a new record) and as sent; then stage, status, rate and closed_on as settled.
    fn check(old: &str, sent: &str, wanted: &str) {
        let fields = |text: &str| -> Vec<Field> {
            let parts: Vec<&str> = text.split(' ').collect();
            let value = |part: Option<&&str>| part.filter(|part| **part != "-").map_or(Value::Null, |part| Value::from(*part));
            let date = |part: Option<&&str>| part.filter(|part| **part != "-").map_or(Value::Null, |part| Value::Date((*part).into()));
            vec![
                Field::new("stage", value(parts.first())),
                Field::new("status", value(parts.get(1))),
                Field::new("closed_on", date(parts.get(2))),
            ]
        };
        let draft = match old {
            "" => Draft::create("opportunity", fields(sent)),
            old => Draft::update("opportunity", fields(old), fields(sent)),
        };
        let context = guanxi_plugin::testing::context();
        let verdict = settle(&context, &draft, &ladder());
        let text = |key: &str| verdict.set.text(key).unwrap_or("-").to_owned();
        let closed = match verdict.set.iter().any(|field| field.key == "closed_on") {
            true => verdict.set.date("closed_on"),
            false => draft.date("closed_on"),
        };
        let closed = closed.map_or("-".to_owned(), |date| date.to_string());
        let rate = verdict.set.decimal("success_rate").map_or("-".to_owned(), |rate| rate.to_string());
        assert_eq!(format!("{} {} {rate} {closed}", text("stage"), text("status")), wanted, "{old} -> {sent}");
    }

    #[test]
    fn new_records() {
        check("", "contact open -", "contact open 5.00 -");
        check("", "- - -", "contact open 5.00 -");
        check("", "signed open -", "signed won 100.00 2026-11-22");
        check("", "contact won 2017-03-01", "signed won 100.00 2017-03-01");
        check("", "demo lost -", "demo lost 0.00 2026-11-22");
        check("", "gone open -", "gone open - -");
    }

    #[test]
    fn moves() {
        check("contact open -", "demo open -", "demo open 60.00 -");
        check("demo open -", "signed open -", "signed won 100.00 2026-11-22");
        check("demo open -", "demo won -", "signed won 100.00 2026-11-22");
        check("demo open -", "demo lost -", "demo lost 0.00 2026-11-22");
        check("demo lost 2026-11-01", "contract lost 2026-11-01", "contract lost 0.00 2026-11-01");
        check("signed won 2026-11-01", "demo won 2026-11-01", "demo open 60.00 -");
        check("signed won 2026-11-01", "signed open 2026-11-01", "contract open 90.00 -");
        check("demo lost 2026-11-01", "demo open 2026-11-01", "demo open 60.00 -");
        check("signed won 2026-11-01", "signed lost 2026-11-01", "signed lost 0.00 2026-11-01");
        check("demo lost 2026-11-01", "signed lost 2026-11-01", "signed won 100.00 2026-11-01");
    }
}
