//! What can be done with a record beside editing it: the transitions of its state, as buttons in its head, and why one was refused.

use guanxi_core::meta::Transition;
use maud::{Markup, html};

use super::adjust;
use super::record::Shown;
use crate::engine::{Refusal, open_transitions};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Action, Button, button};
use crate::ui::components::control::{FieldProblem, ProblemKind};
use crate::ui::components::form::{CONFIRM_FIELD, token_field};
use crate::ui::components::note::{Note, note};
use crate::ui::urls;
use crate::ui::visit::Visit;
use crate::ui::words::field_problem;

/// An action that was refused: which, and why.
pub(super) struct Refused {
    /// Its name in the API.
    pub(super) action: String,
    /// What the person asked for, in words.
    pub(super) label: String,
    /// Where "anyway" is posted.
    pub(super) address: String,
    /// Further parameters of that.
    pub(super) hidden: Vec<(String, String)>,
    pub(super) refusal: Refusal,
}

/// The transitions that the visitor may take from the record's present state.
pub(super) fn transitions<'o>(visit: &Visit, record: &Shown<'o>) -> Vec<&'o Transition> {
    let Some(machine) = &record.object.rules.machine else { return Vec::new() };
    let Some(state) = record.selection.field(&machine.field) else { return Vec::new() };
    open_transitions(&visit.ctx, record.object, state.value(&record.row))
}

/// The buttons; nothing where there are none. Under them, why the last one did nothing.
pub(super) fn buttons(visit: &Visit, record: &Shown<'_>, refused: Option<&Refused>) -> Markup {
    let texts = t(visit.locale());
    let open = transitions(visit, record);
    let adjusts = adjust::buttons(visit, record);
    let choices = open.iter().map(|transition| Button {
        action: Action::SubmitValue { name: "action".into(), value: transition.action.clone() },
        ..Button::submit(transition.label.get(visit.locale()))
    });
    html! {
        @if !open.is_empty() || !adjusts.is_empty() {
          div.row.wrap.moves {
            @if !open.is_empty() { form.row.wrap method="post" action=(urls::transition(&record.object.key, record.id)) aria-label=(texts.transitions_title()) data-once {
                (token_field(&visit.session.csrf))
                input type="hidden" name="version" value=(record.version);
                @for choice in choices { (button(&choice)) }
            } }
            @for each in &adjusts { (button(each)) }
          }
        }
        @if let Some(refused) = refused { (reasons(visit, refused)) }
    }
}

/// Why nothing was done; a question can be answered at once.
fn reasons(visit: &Visit, refused: &Refused) -> Markup {
    let texts = t(visit.locale());
    let problems: Vec<FieldProblem> = refused.refusal.problems.iter().map(|problem| field_problem(&visit.ctx, problem)).collect();
    let only_asked = problems.iter().all(|problem| matches!(problem.kind, ProblemKind::Confirm | ProblemKind::Info));
    let mut words: Vec<&str> = problems.iter().map(|problem| problem.text.as_str()).collect();
    words.dedup();
    let tone = if only_asked { Tone::Warn } else { Tone::Bad };
    let agreed: Vec<&str> = problems.iter().filter(|p| p.kind == ProblemKind::Confirm).map(|p| p.agree.as_str()).collect();
    html! {
        div.stack.tight role="alert" tabindex="-1" data-focus {
            (note(&Note::new(tone, texts.transition_refused(&refused.label), words.join(" · "))))
            @if only_asked {
                form.row method="post" action=(refused.address) data-once {
                    (token_field(&visit.session.csrf))
                    input type="hidden" name="action" value=(refused.action);
                    input type="hidden" name=(CONFIRM_FIELD) value=(agreed.join(","));
                    @for (name, value) in &refused.hidden { input type="hidden" name=(name) value=(value); }
                    (button(&Button::submit(texts.transition_anyway(&refused.label))))
                }
            }
        }
    }
}
