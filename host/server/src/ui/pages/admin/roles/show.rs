//! A role as a matrix of objects and functions, with its rules below.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::policy::Role;
use maud::html;

use super::super::{Admin, addresses};
use super::rules::Typed;
use super::{Tab, matrix, role_page, rules};
use crate::engine::{Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::form::token_field;
use crate::ui::components::matrix::matrix as matrix_markup;
use crate::ui::components::note::{Note, note};
use crate::ui::visit::{Visit, answer};

/// `GET /admin/roles/{key}`
pub(super) async fn handle(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let shown: Outcome<Response> = async {
        let role = visit.engine().get_role(&visit.ctx, &key).await?;
        Ok(page(&visit, &role, &rules::of(&role), None))
    }
    .await;
    answer(&visit, shown)
}

/// The page; after a refusal with what was chosen and typed.
pub(super) fn page(visit: &Visit, role: &Role, typed: &[Typed], refusal: Option<&Refusal>) -> Response {
    let texts = t(visit.locale());
    let shown = matrix::matrix(visit, role);
    let rights = html! {
        p.dim { (texts.role_matrix_hint()) }
        (card(&Card::flush(texts.role_matrix(), matrix_markup(&shown))))
        (rules::editor(visit, typed, refusal, shown.read_only))
    };
    let content = html! {
        @if role.administrator { (note(&Note::new(Tone::Accent, texts.role_administrator_note(), ""))) }
        @if shown.read_only { div.stack { (rights) } } @else {
            form.stack method="post" action=(addresses::role(&role.key)) {
                (token_field(&visit.session.csrf))
                input type="hidden" name="revision" value=(role.revision);
                (rights)
                div.actions { (button(&Button::submit(texts.save()).primary().big().key("Ctrl S"))) }
            }
        }
    };
    role_page(visit, role, Tab::Objects, refusal, content)
}
