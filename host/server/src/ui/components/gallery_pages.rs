//! Whole pages made of samples, as the pages of the product will be: for the gallery and for the budget of a list page.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::avatar::{avatar_large, person};
use super::badge::{Ring, Tone, badge, step};
use super::button::{Button, ButtonKind, button};
use super::card::{Card, card};
use super::control::{FieldProblem, ProblemKind};
use super::dialog::delete_dialog;
use super::fields::{FieldValue, facts};
use super::filter_bar::filter_bar;
use super::form::form;
use super::icon::Icon;
use super::kanban::{board, board_strip};
use super::menu::{MenuEntry, MenuTarget, menu};
use super::note::Flash;
use super::pager::{Pager, pager};
use super::tabs::{Tab, switch, tabs};
use super::{bar_chart, fields, filter_bar as filters, form as forms, funnel, items, kanban, pick, record_table, state, stats, timeline};
use crate::texts::t;
use crate::ui::layout::{Body, Login, MenuGroup, MenuItem, Page, Shell, Theme, login_page, page};

/// A session of a sample tenant.
pub(super) fn shell(locale: Locale) -> Shell {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let item = |zh: &str, en: &str, icon, current| MenuItem::new(p(zh, en), "#menu", icon, current);
    Shell {
        locale,
        theme: Theme::System,
        token: "token".into(),
        user: p("王磊", "Lei Wang"),
        user_note: p("部门经理", "Manager"),
        tenant: p("卓远软件", "Zhuoyuan Software"),
        menu: vec![
            MenuGroup { label: String::new(), items: vec![item("首页", "Home", Icon::Home, false)] },
            MenuGroup {
                label: t(locale).records().into(),
                items: vec![
                    MenuItem { count: Some("1,284".into()), ..item("客户", "Customers", Icon::Building, false) },
                    item("联系人", "Contacts", Icon::Users, false),
                    item("活动", "Activities", Icon::Calendar, false),
                    item("项目", "Projects", Icon::Target, true),
                ],
            },
            MenuGroup {
                label: p("合规检查", "Compliance"),
                items: vec![item("概览", "Overview", Icon::Chart, false), item("事项", "Matters", Icon::Shield, false)],
            },
        ],
        foot: vec![item("管理", "Administration", Icon::Cog, false)],
        path: "/o/sample".into(),
        viewing: None,
    }
}

/// Every page by name.
pub(super) fn pages(locale: Locale) -> Vec<(&'static str, Markup)> {
    vec![
        ("list", list_page(locale, 50)),
        ("empty", empty_page(locale)),
        ("kanban", kanban_page(locale)),
        ("record", record_page(locale)),
        ("form", form_page(locale)),
        ("dashboard", dashboard_page(locale)),
        ("login", sign_in_page(locale)),
    ]
}

fn head(locale: Locale, on_board: bool) -> Markup {
    let texts = t(locale);
    let displays = [
        Tab { icon: Some(Icon::List), ..Tab::new(texts.display_list(), "#list", !on_board) },
        Tab { icon: Some(Icon::Kanban), ..Tab::new(texts.display_board(), "#board", on_board) },
    ];
    html! {
        span.only-wide { (switch(texts.display_as(), &displays)) }
        (button(&Button::link(texts.import(), "#import").icon(Icon::Upload).wide_only()))
        (button(&Button::link(texts.create(), "#new").primary().icon(Icon::Plus).key("C")))
    }
}

pub(super) fn list_page(locale: Locale, rows: usize) -> Markup {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let views = [
        Tab {
            count: Some("1.24 万".into()).filter(|_| locale == Locale::ZhCn).or(Some("12.4k".into())),
            ..Tab::new(p("全部", "All"), "#all", true)
        },
        Tab { count: Some("41".into()), ..Tab::new(p("我的", "Mine"), "#mine", false) },
    ];
    let foot = Pager {
        range: Some((1, rows as u64)),
        count: 12_411,
        count_exactly: Some("#count".into()),
        next: Some("#next".into()),
        total: Some("¥9,412,700".into()),
        ..Pager::default()
    };
    let body = html! {
        (tabs(t(locale).views(), &views))
        (filter_bar(locale, &filters::sample_bar(locale)))
        (record_table::record_table(locale, &record_table::sample_table(locale, rows)))
        (pager(locale, &foot))
    };
    let flash = Some(Flash::done(t(locale).record_saved(&p("门店会员系统", "Store membership system"))));
    page(
        &shell(locale),
        &Page { title: p("项目", "Projects"), actions: Some(head(locale, false)), layout: Body::Flush, body, flash, ..Page::default() },
    )
}

fn empty_page(locale: Locale) -> Markup {
    let texts = t(locale);
    let projects = pick(locale, "项目", "projects");
    let empty = state::State {
        actions: vec![Button::link(texts.create(), "#new").icon(Icon::Plus)],
        ..state::State::new(state::StateKind::Empty, texts.none_yet(&projects), texts.none_yet_hint())
    };
    let title = pick(locale, "项目", "Projects");
    page(
        &shell(locale),
        &Page { title, actions: Some(head(locale, false)), layout: Body::Flush, body: state::state(locale, &empty), ..Page::default() },
    )
}

fn kanban_page(locale: Locale) -> Markup {
    let texts = t(locale);
    let figures = [
        (pick(locale, "筛选后", "Filtered"), "20".into()),
        (texts.sum().into(), "¥9,745,200".into()),
        (texts.weighted().into(), "¥4,997,220".into()),
    ];
    let body = html! { (board_strip(&figures, Some(texts.weighted_explained()))) (board(locale, &kanban::sample_board(locale))) };
    let title = pick(locale, "项目", "Projects");
    page(&shell(locale), &Page { title, actions: Some(head(locale, true)), layout: Body::Flush, body, ..Page::default() })
}

fn record_page(locale: Locale) -> Markup {
    let texts = t(locale);
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let title = p("集团费控平台二期", "Expense platform, phase 2");
    let key_facts = [
        FieldValue::text(p("金额", "Amount"), "¥1,860,000.00"),
        FieldValue::markup(p("进展", "Progress"), step(Ring::Part(60), "60.00%")),
        FieldValue::text(p("预计日期", "Expected on"), "2026-11-28"),
        FieldValue::markup(p("负责人", "Owner"), person(&p("王磊", "Lei Wang"), None)),
    ];
    let entries = [
        MenuEntry { label: texts.history().into(), icon: Some(Icon::Clock), target: MenuTarget::Link("#h".into()), danger: false },
        MenuEntry { label: texts.delete().into(), icon: Some(Icon::Trash), target: MenuTarget::Dialog("delete".into()), danger: true },
    ];
    let faces =
        [Tab::new(p("概览", "Overview"), "#o", true), Tab { count: Some("3".into()), ..Tab::new(p("活动", "Activities"), "#a", false) }];
    let [_, grid] = fields::samples(locale).try_into().unwrap_or_else(|_| panic!("two samples"));
    let edit = Button::link(texts.edit(), "#edit").kind(ButtonKind::Quiet).icon(Icon::Pen).key("E");
    let item_rows = [items::Item {
        title: p("授权书", "Letter of authority"),
        badges: vec![badge(Tone::Warn, &p("10 天内到期", "Due in 10 days"))],
        detail: Some(p("由总部签发", "Issued by headquarters")),
        ..items::Item::default()
    }];
    let [line] = timeline::samples(locale).try_into().unwrap_or_else(|_| panic!("one sample"));
    let body = html! {
        section.card {
            div.body.stack {
                div.row.wrap.gap3.top {
                    (avatar_large(&title))
                    div.grow { div.row.wrap { h2 { (title) } (badge(Tone::Accent, &p("重要", "High"))) } div.row.small.dim { (p("江南速运集团", "Jiangnan Express Group")) } }
                }
                (facts(&key_facts))
            }
            (tabs(&title, &faces))
        }
        div.split {
            div.stack {
                (card(&Card { actions: vec![edit], ..Card::new(texts.basics(), grid.markup) }))
                (card(&Card { icon: Some(Icon::Shield), source: Some(p("合规检查", "Compliance")), ..Card::flush(p("文件", "Papers"), items::items(&item_rows)) }))
            }
            aside.stack { h2.sr { (texts.activity()) } (line.markup) }
        }
        (delete_dialog(locale, "delete", &title, "#", "token", 3))
    };
    let actions = html! { (button(&Button::link(texts.edit(), "#edit").icon(Icon::Pen))) (menu(locale, &entries)) };
    let way = vec![(p("项目", "Projects"), "#list".into())];
    page(&shell(locale), &Page { title, breadcrumb: way, actions: Some(actions), layout: Body::Cards, body, ..Page::default() })
}

fn form_page(locale: Locale) -> Markup {
    let mut refused = forms::sample_form(locale);
    refused.request = Some("7F3A-91".into());
    refused.sections[0].controls[0].value = String::new();
    refused.sections[0].controls[0].problems = vec![FieldProblem::new(ProblemKind::Error, "field.required", t(locale).problem_required())];
    refused.sections[1].controls[0].problems = vec![
        FieldProblem::new(ProblemKind::Error, "cm.reason.missing", pick(locale, "停用须填写原因。", "Say why it was stopped."))
            .by_plugin(pick(locale, "合规检查", "Compliance")),
    ];
    let title = t(locale).new_record(&pick(locale, "项目", "project"));
    let way = vec![(pick(locale, "项目", "Projects"), "#list".into())];
    page(&shell(locale), &Page { title, breadcrumb: way, body: form(locale, &refused), ..Page::default() })
}

fn dashboard_page(locale: Locale) -> Markup {
    let shown = |samples: Vec<super::Sample>| samples.into_iter().next().map(|s| s.markup).unwrap_or_default();
    let [one, two] = bar_chart::samples(locale).try_into().unwrap_or_else(|_| panic!("two samples"));
    let body = html! {
        (shown(stats::samples(locale)))
        div.two { (one.markup) (shown(funnel::samples(locale))) }
        (two.markup)
    };
    let title = pick(locale, "总览", "Overview");
    page(&shell(locale), &Page { title, layout: Body::Cards, body, ..Page::default() })
}

fn sign_in_page(locale: Locale) -> Markup {
    let texts = t(locale);
    login_page(&Login {
        locale,
        address: "/login".into(),
        tenant: None,
        tenant_key: "demo".into(),
        email: "wang.lei@zhuoyuan.example".into(),
        message: Some((Tone::Bad, texts.wrong_credentials().into(), texts.wrong_credentials_hint().into())),
        ..Login::default()
    })
}
