//! A block that cannot be shown: why, in its own place.

use guanxi_core::meta::Locale;
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::Viewer;
use crate::engine::Refusal;

use crate::ui::components::badge::Tone;
use crate::ui::components::note::{Note, note};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::words::{in_sentence, problem_words};

impl Viewer<'_> {
    /// What an object is called; its key where it is not there.
    pub(super) fn object_name(&self, key: &str) -> String {
        let found = self.ctx().snapshot.schema.object(key);
        found.map_or_else(|| key.to_owned(), |object| object.label.get(self.locale()).to_owned())
    }

    /// The face of a refused block.
    pub(super) fn refused(&self, object: &str, refusal: &Refusal) -> Markup {
        let (locale, texts) = (self.locale(), self.texts());
        let name = self.object_name(object);
        if refusal.status == 403 {
            let colon = if locale == Locale::En { ": " } else { "：" };
            let right = format!("{name}{colon}{}", texts.function(Function::View));
            return state(
                locale,
                &State::new(StateKind::Forbidden, texts.forbidden_title(&in_sentence(locale, &name)), texts.forbidden_hint(&right)),
            );
        }
        if refusal.status == 404 {
            return self.failed(&texts.block_not_there(object), refusal.code());
        }
        if refusal.code() == "query.too_slow" {
            return state(locale, &State::new(StateKind::Failed, texts.slow_title(), texts.slow_hint()));
        }
        let mut words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(self.ctx(), problem)).collect();
        words.dedup();
        self.failed(&words.join(if locale == Locale::En { "; " } else { "；" }), refusal.code())
    }

    /// A block that is wrong in itself: the plugin's mistake.
    pub(super) fn failed(&self, why: &str, code: &str) -> Markup {
        let body = html! { (why) " " code.mono { (code) } };
        html! { div.pad { (note(&Note { body: Some(body), ..Note::new(Tone::Warn, self.texts().block_failed(self.name), "") })) } }
    }
}
