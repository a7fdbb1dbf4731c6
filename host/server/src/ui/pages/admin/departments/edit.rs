//! One department: its name, its place in the tree, its managers and its members.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::super::problems::place;
use super::super::{Admin, AdminPosted, Area, addresses, below, status_of};
use super::form::{ALIASES, Typed, form};
use super::id_of;
use crate::engine::{DepartmentInfo, ListRequest, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::form::form as form_markup;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::Flash;
use crate::ui::components::table::{Column, Row, Slot, Table, list_table};
use crate::ui::layout::{Body, Page};
use crate::ui::visit::{Visit, answer};
use crate::ui::{flash, urls};

/// Members that are shown; the list has them all.
const MEMBERS: u32 = 100;
/// Names the dialog that asks before deleting.
const DELETE: &str = "delete-department";

/// `GET /admin/departments/{id}`
pub(super) async fn show(Admin(visit): Admin, Path(id): Path<String>) -> Response {
    let shown: Outcome<Response> = async {
        let department = visit.engine().get_department(&visit.ctx, id_of(&id)?).await?;
        page(&visit, &department, &Typed::of(&department), None).await
    }
    .await;
    answer(&visit, shown)
}

/// `POST /admin/departments/{id}`
pub(super) async fn submit(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let department = visit.engine().get_department(&visit.ctx, id_of(&id)?).await?;
        let typed = Typed::posted(&posted);
        if typed.find.is_some() {
            return page(visit, &department, &typed, None).await;
        }
        let version = posted.get("version").parse().ok();
        let saved = match typed.change(version) {
            Ok(change) => visit.engine().put_department(&visit.ctx, Some(department.id), change).await,
            Err(refusal) => Err(refusal),
        };
        match saved {
            Ok(saved) => Ok(flash::redirect(&visit.app, addresses::DEPARTMENTS, &Flash::done(t(visit.locale()).record_saved(&saved.name)))),
            Err(refusal) => page(visit, &department, &typed, Some(&refusal)).await,
        }
    }
    .await;
    answer(visit, saved)
}

async fn page(visit: &Visit, department: &DepartmentInfo, typed: &Typed, refusal: Option<&Refusal>) -> Outcome<Response> {
    let texts = t(visit.locale());
    let mut content = form(visit, typed, Some(department)).await?;
    if let Some(refusal) = refusal {
        place(visit, &mut content, refusal, &ALIASES);
    }
    let delete = Button::dialog(texts.delete_department(), DELETE).kind(ButtonKind::Danger).icon(Icon::Trash);
    let add = Button::link(texts.new_department_below(), addresses::new_department(Some(department.id))).icon(Icon::Plus).wide_only();
    let body = html! {
        (card(&Card::new(texts.department(), form_markup(visit.locale(), &content))))
        (members(visit, department).await?)
        (delete_dialog(visit, department))
    };
    let page = Page {
        title: department.name.clone(),
        breadcrumb: Area::Departments.way(visit),
        actions: Some(html! { (button(&add)) (button(&delete)) }),
        layout: Body::Cards,
        body,
        ..Page::default()
    };
    let mut response = below(visit, page);
    if let Some(refusal) = refusal {
        *response.status_mut() = status_of(refusal);
    }
    Ok(response)
}

async fn members(visit: &Visit, department: &DepartmentInfo) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let filter = format!("department == \"{}\" && active == true", department.id);
    let request = ListRequest {
        filter: filter.clone(),
        sort: "name".into(),
        fields: vec!["name".into(), "email".into()],
        limit: MEMBERS,
        ..ListRequest::default()
    };
    let found = visit.engine().list(&visit.ctx, "user", request).await?;
    let text =
        |values: &[guanxi_core::Value], at: usize| values.get(at).and_then(guanxi_core::Value::as_text).unwrap_or_default().to_owned();
    let rows: Vec<Row> = found
        .rows
        .iter()
        .map(|(id, values)| Row {
            href: Some(addresses::user(*id)),
            cells: vec![person(&text(values, 0), None), html! { (text(values, 1)) }],
        })
        .collect();
    let columns = vec![Column::new(texts.name()).slot(Slot::Title), Column::new(texts.email()).slot(Slot::Second)];
    let more = found.next.is_some().then(|| (texts.open_list().to_owned(), urls::filtered_list("user", &filter)));
    let table = Table { label: texts.department_members().into(), columns, rows, total: None };
    let count = Some(found.count.map_or(0, |count| count.value).to_string());
    Ok(card(&Card { count, more, ..Card::flush(texts.department_members(), list_table(visit.locale(), &table)) }))
}

fn delete_dialog(visit: &Visit, department: &DepartmentInfo) -> Markup {
    let texts = t(visit.locale());
    dialog(
        visit.locale(),
        &Dialog {
            id: DELETE.into(),
            title: texts.delete_department_question(&department.name),
            body: html! { p.dim { (texts.delete_department_hint()) } },
            address: addresses::delete_department(department.id),
            token: visit.session.csrf.clone(),
            hidden: Vec::new(),
            confirm: texts.delete_department().into(),
            danger: true,
        },
    )
}
