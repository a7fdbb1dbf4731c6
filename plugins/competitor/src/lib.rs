//! The plugin `competitor`: whom we meet in which opportunity, and no loss without a reason.

use guanxi_plugin::prelude::*;

struct Competitor;

impl Plugin for Competitor {
    fn before_save(_: &Context, draft: &Draft) -> Result<Verdict> {
        if draft.text("status") == Some("lost") && draft.is_blank("loss_reason") {
            return Ok(Verdict::accept().problem(Problem::error("cp.loss.no_reason").field("loss_reason")));
        }
        Ok(Verdict::accept())
    }

    fn render_panel(_: &Context, panel: &str, subject: &RecordRef) -> Result<View> {
        match panel {
            "opportunity" => Ok(View::new().block(met_in(subject))),
            other => Err(Error::not_found(other)),
        }
    }
}

guanxi_plugin::register!(Competitor: before_save, render_panel);

/// The competitors of an opportunity, the primary one first, with a button to add one.
fn met_in(opportunity: &RecordRef) -> RecordList {
    RecordList::new("cp_opp", ["competitor", "role", "status", "their_price"])
        .filter(filter::equals("opportunity", &opportunity.id))
        .sort("role")
        .create(Preset::new().set("opportunity", opportunity.clone()))
        .empty(msg("panel.empty"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(fields: Vec<Field>) -> Vec<String> {
        let context = guanxi_plugin::testing::context();
        let verdict = Competitor::before_save(&context, &Draft::create("opportunity", fields)).expect("a verdict");
        verdict.problems.into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn a_loss_has_a_reason() {
        let lost = Field::new("status", "lost");
        assert_eq!(codes(vec![lost.clone(), Field::new("loss_reason", Value::Null)]), ["cp.loss.no_reason"]);
        assert_eq!(codes(vec![lost, Field::new("loss_reason", "price")]), Vec::<String>::new());
        assert_eq!(codes(vec![Field::new("status", "open")]), Vec::<String>::new());
    }
}
