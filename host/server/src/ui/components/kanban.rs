//! The board: a column per value of a field, a card per record. `kanban.js` lets cards be dragged or moved by keys; without script
//! each card has a small form.
//!
//! Script and form post the same to `card.address`: `version`, the field and the token. The script asks for JSON, and puts a refused card
//! back with the reason.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::avatar::avatar_named;
use super::badge::{Ring, ring};
use super::button::{Button, ButtonKind, button};
use super::icon::{Icon, icon, icon_small};
use super::{Sample, form, pick};
use crate::texts::t;
use crate::ui::format::EMPTY;

/// One record on the board.
#[derive(Default)]
pub struct BoardCard {
    /// Its id.
    pub id: String,
    /// The version that the reader saw.
    pub version: i64,
    /// What it is called.
    pub title: String,
    /// The record's page.
    pub href: String,
    /// Second line.
    pub subtitle: Option<String>,
    /// Its number, as shown.
    pub amount: Option<String>,
    /// Small words: warnings, tags.
    pub badges: Vec<Markup>,
    /// A date: ISO, and as shown.
    pub date: Option<(String, String)>,
    /// Who is responsible.
    pub owner: Option<String>,
    /// Where the script patches the record; `None`: the reader may not move it.
    pub patch: Option<String>,
    /// Where the form without script posts.
    pub address: String,
}

/// One column.
#[derive(Default)]
pub struct BoardColumn {
    /// The value of the field.
    pub value: String,
    /// Its name.
    pub label: String,
    /// How far it is, for the ring.
    pub ring: Option<Ring>,
    /// Small at the right, e.g. `60%`.
    pub note: Option<String>,
    /// How many, as shown.
    pub count: String,
    /// Their sum, as shown.
    pub sum: Option<String>,
    /// Their weighted sum, as shown.
    pub weighted: Option<String>,
    /// The form for a new record in this column.
    pub create: Option<String>,
    /// Cards, possibly not all.
    pub cards: Vec<BoardCard>,
    /// The rest: words and address.
    pub more: Option<(String, String)>,
    /// That address is this board with more cards in this column.
    pub more_here: bool,
}

/// The board.
#[derive(Default)]
pub struct Board {
    /// Name for screen readers.
    pub label: String,
    /// The field that a move changes.
    pub field: String,
    /// The session's form token.
    pub token: String,
    /// Columns in order.
    pub columns: Vec<BoardColumn>,
}

/// The figures above a board: words and number.
pub fn board_strip(figures: &[(String, String)], note: Option<&str>) -> Markup {
    html! {
        div.strip {
            @for (label, figure) in figures { span { (label) " " b { (figure) } } }
            @if let Some(note) = note { span.end.faint.only-wide { (note) } }
        }
    }
}

/// The board.
pub fn board(locale: Locale, board: &Board) -> Markup {
    let texts = t(locale);
    html! {
        div.kan tabindex="0" aria-label=(board.label) role="group" data-board data-field=(board.field) data-keys=(texts.moving_keys())
            data-moving=(texts.moving("{title}")) data-moved=(texts.moved("{title}", "{column}")) data-refused=(texts.not_moved("{title}"))
            data-back=(texts.moved_back()) data-offline=(texts.no_connection()) data-anyway=(texts.save_anyway()) data-cancel=(texts.cancel()) {
            @for (index, each) in board.columns.iter().enumerate() { (column(locale, board, index, each)) }
        }
    }
}

fn column(locale: Locale, board: &Board, index: usize, column: &BoardColumn) -> Markup {
    let texts = t(locale);
    let id = format!("column-{index}");
    html! {
        section aria-labelledby=(id) data-value=(column.value) data-label=(column.label) {
            div.colhead {
                div.row {
                    @if let Some(state) = column.ring { (ring(state)) }
                    h2.clip id=(id) title=(column.label) { (column.label) }
                    span.faint.num { (column.count) }
                    @if let Some(note) = &column.note { span.end.faint.small.num { (note) } }
                    @if let Some(create) = &column.create {
                        (button(&Button::link(texts.create_in(&column.label), create.clone()).kind(ButtonKind::Quiet).icon_only(Icon::Plus)))
                    }
                }
                // All heads are of one height, so that the cards below begin on one line.
                @if board.columns.iter().any(|each| each.sum.is_some() || each.weighted.is_some()) {
                    div.sum {
                        @if let Some(sum) = &column.sum { b { (sum) } } @else { span { (EMPTY) } }
                        @if let Some(weighted) = &column.weighted { span { (texts.weighted()) " " (weighted) } }
                    }
                }
            }
            ul data-drop=(texts.column_empty()) { @for each in &column.cards { (card(locale, board, column, each)) } }
            @if let Some((words, href)) = &column.more { a.link.small.rest href=(href) data-more[column.more_here] { (words) } }
        }
    }
}

fn card(locale: Locale, board: &Board, column: &BoardColumn, card: &BoardCard) -> Markup {
    html! {
        li.kc data-id=(card.id) data-version=(card.version) data-title=(card.title) data-patch=[card.patch.as_deref()] data-move=[card.patch.as_ref().map(|_| &card.address)] {
            div.row.top {
                a.t.grow.clip href=(card.href) title=(card.title) { (card.title) }
                @if card.patch.is_some() { (move_form(locale, board, column, card)) }
            }
            @if let Some(subtitle) = &card.subtitle { span.dim.clip { (subtitle) } }
            @if card.amount.is_some() || !card.badges.is_empty() {
                span.row.between.wrap { @if let Some(amount) = &card.amount { span.m { (amount) } } @for each in &card.badges { (each) } }
            }
            @if card.date.is_some() || card.owner.is_some() {
                span.f {
                    @if let Some((iso, shown)) = &card.date { (icon_small(Icon::Calendar)) time datetime=(iso) { (shown) } }
                    @if let Some(owner) = &card.owner { span.end { (avatar_named(owner)) } }
                }
            }
        }
    }
}

fn move_form(locale: Locale, board: &Board, column: &BoardColumn, card: &BoardCard) -> Markup {
    let texts = t(locale);
    let name = texts.move_card(&card.title);
    html! {
        details.drop-menu.mv {
            summary.btn.quiet.icon.xs aria-label=(name) title=(name) { (icon(Icon::Dots)) }
            form.pop method="post" action=(card.address) {
                (form::token_field(&board.token))
                input type="hidden" name="version" value=(card.version);
                label.f {
                    span.lab { (texts.move_to()) }
                    select.in name=(board.field) {
                        @for each in &board.columns { option value=(each.value) selected[each.value == column.value] { (each.label) } }
                    }
                }
                button.btn { (texts.move_do()) }
            }
        }
    }
}

/// A board of four columns, one empty.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let figures = [
        (p("筛选后", "Filtered"), "20".into()),
        (t(locale).sum().into(), "¥9,745,200".into()),
        (t(locale).weighted().into(), "¥4,997,220".into()),
    ];
    let markup = html! { (board_strip(&figures, Some(t(locale).weighted_explained()))) (board(locale, &sample_board(locale))) };
    vec![Sample::new("board", html! { div.card { (markup) } })]
}

/// A board as a page would fill it.
pub(super) fn sample_board(locale: Locale) -> Board {
    use super::badge::{Tone, badge_icon};
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let card = |id: &str, zh: &str, en: &str, amount: &str, owner: String| BoardCard {
        id: id.into(),
        version: 3,
        title: p(zh, en),
        href: format!("/o/sample/{id}"),
        subtitle: Some(p("江南速运集团", "Jiangnan Express Group")),
        amount: Some(amount.into()),
        date: Some(("2026-12-18".into(), "12-18".into())),
        owner: Some(owner),
        patch: Some(format!("/api/v1/records/sample/{id}")),
        address: format!("/o/sample/{id}/move"),
        ..BoardCard::default()
    };
    let (lei, min) = (p("王磊", "Lei Wang"), p("赵敏", "Min Zhao"));
    let idle = badge_icon(Tone::Warn, Icon::Clock, &p("停滞 17 天", "Idle 17 days"));
    let column = |value: &str, label: String, percent: u8, sum: &str, weighted: &str, cards: Vec<BoardCard>| BoardColumn {
        value: value.into(),
        label,
        ring: Some(if percent == 100 { Ring::Done } else { Ring::Part(percent) }),
        note: Some(format!("{percent}%")),
        count: cards.len().to_string(),
        sum: Some(sum.into()),
        weighted: Some(weighted.into()),
        create: Some("#new".into()),
        cards,
        more: None,
        more_here: false,
    };
    let first = vec![
        card("1", "呼叫中心接入", "Call centre link", "¥260,000", min.clone()),
        card("2", "会员小程序改版", "Member app redesign", "¥128,000", lei.clone()),
        card("3", "渠道返利核算与多级分销商结算平台升级", "Channel rebate accounting and settlement upgrade", "¥118,000", lei.clone()),
    ];
    let second = vec![
        BoardCard { badges: vec![idle], ..card("4", "工单与物料管理", "Work orders and stock", "¥520,000", min.clone()) },
        card("5", "固定资产盘点", "Fixed assets count", "¥186,000", lei),
    ];
    let third = vec![BoardCard { patch: None, ..card("6", "集团费控平台二期", "Expense platform, phase 2", "¥1,860,000", min) }];
    let mut columns = vec![
        column("contact", p("初步接触", "First contact"), 5, "¥506,000", "¥25,300", first),
        column("needs", p("导出需求", "Needs known"), 40, "¥706,000", "¥282,400", second),
        column("solution", p("提交解决方案", "Solution sent"), 60, "¥1,860,000", "¥1,116,000", third),
        column("signed", p("签订", "Signed"), 100, "¥0", "¥0", vec![]),
    ];
    columns[0].more = Some((t(locale).more_records("12"), "#rest".into()));
    Board {
        label: t(locale).board_label(&p("记录", "records"), &p("进展", "progress")),
        field: "step".into(),
        token: "token".into(),
        columns,
    }
}
