//! The frame of every page: head of the document, side bar with menu, page head, toasts, keys. And the page for signing in.
//!
//! Language and theme are switched by `POST /preferences` (`locale` or `theme`, and `return`), signing out is `POST /logout`.

use guanxi_core::meta::Locale;
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::components::avatar::avatar;
use super::components::badge::Tone;
use super::components::breadcrumb::breadcrumb;
use super::components::button::{Button, ButtonKind, button};
use super::components::control::{Control, ControlKind, control};
use super::components::form::token_field;
use super::components::icon::{Icon, icon, icon_small};
use super::components::note::{Flash, Note, note, toast};
use crate::texts::t;

/// Where language and theme are changed.
pub const PREFERENCES: &str = "/preferences";
/// Where a session ends.
pub const LOGOUT: &str = "/logout";

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The name in the preference and in `data-theme`.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a name; unknown ones follow the system.
    pub fn parse(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// One entry of the menu.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// Words.
    pub label: String,
    /// Address.
    pub href: String,
    /// Drawing.
    pub icon: Icon,
    /// The page that is shown belongs to it.
    pub current: bool,
    /// How many, as shown.
    pub count: Option<String>,
}

impl MenuItem {
    /// An entry.
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: Icon, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), icon, current, count: None }
    }
}

/// Entries under a heading.
#[derive(Clone, Debug, Default)]
pub struct MenuGroup {
    /// The heading; empty for none.
    pub label: String,
    /// Entries in order.
    pub items: Vec<MenuItem>,
}

/// What is the same on every page of a session.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// The reader's language.
    pub locale: Locale,
    /// The reader's theme.
    pub theme: Theme,
    /// The session's form token.
    pub token: String,
    /// The reader's name.
    pub user: String,
    /// The reader's role or department, small beside the name.
    pub user_note: String,
    /// The tenant's name.
    pub tenant: String,
    /// The menu: objects, then plugins.
    pub menu: Vec<MenuGroup>,
    /// Entries at the foot of the menu (administration).
    pub foot: Vec<MenuItem>,
    /// This page's path and query, to come back after a switch of language.
    pub path: String,
    /// With whose eyes an administrator looks, in words; `None`: with their own.
    pub viewing: Option<String>,
}

/// How the body of a page is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// Reaches the edges: lists, boards.
    Flush,
    /// Padded, on white: forms.
    #[default]
    Padded,
    /// Padded, cards on grey: records, dashboards.
    Cards,
}

/// What differs from page to page.
#[derive(Default)]
pub struct Page {
    /// The page's name: title of the document and its `h1`.
    pub title: String,
    /// The way here from the section: words and address.
    pub breadcrumb: Vec<(String, String)>,
    /// What stands beside the title: a badge.
    pub beside: Option<Markup>,
    /// Buttons at the right of the head, at most one of them primary.
    pub actions: Option<Markup>,
    /// How the body is laid out.
    pub layout: Body,
    /// The content.
    pub body: Markup,
    /// What was just done.
    pub flash: Option<Flash>,
}

/// The whole document.
pub fn page(shell: &Shell, page: &Page) -> Markup {
    let texts = t(shell.locale);
    let inner = html! {
        a.skip href="#main" { (texts.skip_to_content()) }
        @if let Some(words) = &shell.viewing { (viewing(shell, words)) }
        div.app {
            (side(shell))
            main.main id="main" tabindex="-1" {
                header.head {
                    button.btn.quiet.icon.only-narrow type="button" popovertarget="menu" aria-label=(texts.open_menu()) { (icon(Icon::Menu)) }
                    @if page.breadcrumb.is_empty() { h1.clip { (page.title) } } @else { (breadcrumb(shell.locale, &page.breadcrumb, &page.title)) }
                    @if let Some(beside) = &page.beside { (beside) }
                    @if let Some(actions) = &page.actions { span.end.row { (actions) } }
                }
                @match page.layout {
                    Body::Flush => { (page.body) }
                    Body::Padded => { div.page { (page.body) } }
                    Body::Cards => { div."page gray stack" { (page.body) } }
                }
            }
        }
        div.toasts role="status" aria-live="polite" data-toasts { @if let Some(flash) = &page.flash { (toast(flash)) } }
        (keys(shell.locale))
    };
    document(shell.locale, shell.theme, &format!("{} · {}", page.title, shell.tenant), &shell.token, &inner)
}

fn document(locale: Locale, theme: Theme, title: &str, token: &str, inner: &Markup) -> Markup {
    let theme = (theme != Theme::System).then(|| theme.name());
    html! {
        (DOCTYPE)
        html lang=(locale.tag()) data-theme=[theme] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if !token.is_empty() { meta name="form-token" content=(token); }
                title { (title) }
                link rel="icon" type="image/svg+xml" href=(assets::url("logo.svg"));
                link rel="stylesheet" href=(assets::url("style.css"));
                script type="module" src=(assets::url("app.js")) {}
            }
            body { (inner) }
        }
    }
}

/// Says on every page that nothing is as the administrator sees it, and leads back.
fn viewing(shell: &Shell, words: &str) -> Markup {
    html! {
        div.viewing role="status" {
            span.row { (icon(Icon::Eye)) (words) }
            form method="post" action=(super::visit::VIEWING_END) {
                (token_field(&shell.token))
                (button(&Button::submit(t(shell.locale).viewing_end()).icon(Icon::Undo)))
            }
        }
    }
}

/// The side bar; on narrow screens a popover that the button in the head opens, without script.
fn side(shell: &Shell) -> Markup {
    let texts = t(shell.locale);
    let initial = shell.tenant.chars().next().unwrap_or('关').to_string();
    html! {
        nav.side id="menu" popover aria-label=(texts.main_navigation()) {
            div.row {
                a.tenant href="/" { span.logo aria-hidden="true" { (initial) } span.grow.clip { (shell.tenant) } }
                button.btn.quiet.icon.only-narrow type="button" popovertarget="menu" popovertargetaction="hide" aria-label=(texts.close_menu()) { (icon(Icon::Close)) }
            }
            a.find href=(super::urls::SEARCH) data-palette {
                (icon_small(Icon::Search)) span.grow { (texts.search_or_run()) } kbd.only-wide { "Ctrl K" }
            }
            @for group in &shell.menu {
                div.nav {
                    @if !group.label.is_empty() { h2 { (group.label) } }
                    @for item in &group.items { (menu_item(item)) }
                }
            }
            div."nav me" {
                @for item in &shell.foot { (menu_item(item)) }
                (account(shell))
            }
        }
    }
}

fn menu_item(item: &MenuItem) -> Markup {
    html! {
        a href=(item.href) aria-current=[item.current.then_some("page")] {
            (icon(item.icon)) span.clip { (item.label) }
            @if let Some(count) = &item.count { span.count { (count) } }
        }
    }
}

fn account(shell: &Shell) -> Markup {
    let texts = t(shell.locale);
    let themes = [(Theme::System, texts.theme_system()), (Theme::Light, texts.theme_light()), (Theme::Dark, texts.theme_dark())];
    let languages = [(Locale::ZhCn, "中文"), (Locale::En, "English")];
    html! {
        details.account {
            summary { (avatar(&shell.user)) span.clip { (shell.user) } span.count.clip { (shell.user_note) } (icon_small(Icon::Down)) }
            div.stack.tight {
                (preference(shell, "locale", texts.language(), &languages.map(|(l, words)| (l.tag(), words, l == shell.locale))))
                (preference(shell, "theme", texts.theme(), &themes.map(|(theme, words)| (theme.name(), words, theme == shell.theme))))
                button.btn.quiet.left.only-wide type="button" popovertarget="keys" { (icon(Icon::Keyboard)) (texts.keyboard()) kbd.end { "?" } }
                form method="post" action=(LOGOUT) { (token_field(&shell.token)) button.btn.quiet.left { (icon(Icon::Exit)) (texts.sign_out()) } }
            }
        }
    }
}

fn preference(shell: &Shell, name: &str, label: &str, values: &[(&str, &str, bool)]) -> Markup {
    html! {
        form.pref method="post" action=(PREFERENCES) {
            (token_field(&shell.token))
            input type="hidden" name="return" value=(shell.path);
            span.small.faint id={ "pref-" (name) } { (label) }
            span.seg role="group" aria-labelledby={ "pref-" (name) } {
                @for (value, words, on) in values {
                    button name=(name) value=(value) aria-pressed=(on.to_string()) lang=[(name == "locale").then_some(*value)] { (words) }
                }
            }
        }
    }
}

/// All keys, behind `?`.
fn keys(locale: Locale) -> Markup {
    let texts = t(locale);
    let rows = [
        ("C", texts.key_create()),
        ("Ctrl K", texts.key_search()),
        ("/", texts.key_filter()),
        ("E", texts.key_edit()),
        ("J K", texts.key_rows()),
        ("Enter", texts.key_open_row()),
        ("Ctrl S", texts.key_save()),
        ("Space", texts.key_lift_card()),
        ("← →", texts.key_move_card()),
        ("Esc", texts.key_cancel()),
        ("?", texts.key_help()),
    ];
    html! {
        div.dialog id="keys" popover role="dialog" aria-labelledby="keys-title" {
            header {
                h2 id="keys-title" { (texts.keyboard()) }
                button.btn.quiet.icon.end type="button" popovertarget="keys" popovertargetaction="hide" aria-label=(texts.close()) { (icon(Icon::Close)) }
            }
            dl.keys { @for (key, words) in rows { div { dt { @for part in key.split(' ') { kbd { (part) } " " } } dd { (words) } } } }
            p.small.faint { (texts.letters_outside_inputs()) }
        }
    }
}

/// The page for signing in.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// The language, from the browser or `?lang=`.
    pub locale: Locale,
    /// Where it is posted.
    pub address: String,
    /// A token of the visit, if there is one.
    pub token: String,
    /// Where to go afterwards.
    pub next: String,
    /// The tenant's name when it is known; else its key is asked for.
    pub tenant: Option<String>,
    /// The tenant's key, as typed or known; sent as `tenant`.
    pub tenant_key: String,
    /// The address, as typed; sent as `email`.
    pub email: String,
    /// What happened: refused, too many attempts, signed out.
    pub message: Option<(Tone, String, String)>,
}

/// A page for somebody who is not signed in: the content alone, without menu.
pub fn plain_page(locale: Locale, page: &Page) -> Markup {
    let inner = html! {
        main.login id="main" {
            header.row { span.logo aria-hidden="true" { "关" } b.strong { "Guanxi" } }
            (page.body)
            footer.small.faint { "Guanxi" }
        }
    };
    document(locale, Theme::System, &format!("{} · Guanxi", page.title), "", &inner)
}

/// The page for signing in; sends `tenant`, `email`, `password`, `next`.
pub fn login_page(login: &Login) -> Markup {
    let locale = login.locale;
    let texts = t(locale);
    let other = if locale == Locale::En { (Locale::ZhCn, "中文") } else { (Locale::En, "English") };
    let title = login.tenant.as_ref().map_or_else(|| texts.sign_in().to_owned(), |name| texts.sign_in_to(name));
    let tenant =
        Control { autocomplete: Some("organization"), ..Control::new("tenant", texts.tenant(), ControlKind::Text { max: Some(31) }) };
    let email = Control { autocomplete: Some("username"), ..Control::new("email", texts.email(), ControlKind::Email) };
    let password = Control::new("password", texts.password(), ControlKind::Password { new: false });
    let language = Button::link(
        other.1,
        super::urls::with_query("", &[("lang", other.0.tag()), ("tenant", &login.tenant_key), ("next", &login.next)]),
    )
    .kind(ButtonKind::Quiet)
    .icon(Icon::Globe);
    let inner = html! {
        main.login id="main" {
            header.row { span.logo aria-hidden="true" { "关" } b.strong { "Guanxi" } span.end lang=(other.0.tag()) { (button(&language)) } }
            form.box method="post" action=(login.address) {
                @if !login.token.is_empty() { (token_field(&login.token)) }
                input type="hidden" name="next" value=(login.next);
                div { h1 { (title) } p.dim { (texts.sign_in_hint()) } }
                @if let Some((tone, title, hint)) = &login.message { (note(&Note::new(*tone, title.clone(), hint.clone()))) }
                @if login.tenant.is_some() { input type="hidden" name="tenant" value=(login.tenant_key); }
                @else { (control(locale, &tenant.value(login.tenant_key.clone()).required().help(texts.tenant_help()))) }
                (control(locale, &email.value(login.email.clone()).required()))
                (control(locale, &password.required()))
                (button(&Button::submit(texts.sign_in()).primary().big()))
            }
            footer.small.faint { "Guanxi" }
        }
    };
    document(locale, Theme::System, &format!("{title} · Guanxi"), "", &inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell() -> Shell {
        Shell {
            tenant: "<b>".into(),
            user: "王磊".into(),
            token: "secret".into(),
            path: "/o/customer?sort=name".into(),
            ..Shell::default()
        }
    }

    #[test]
    fn a_page_is_a_whole_document_without_inline_style_or_script() {
        let html = page(&shell(), &Page { title: "客户".into(), ..Page::default() }).into_string();
        assert!(html.starts_with("<!DOCTYPE html>") && html.contains(r#"lang="zh-CN""#));
        assert!(html.contains("&lt;b&gt;") && !html.contains("style=") && !html.contains("onclick"));
        assert!(html.contains(r#"action="/logout""#) && html.contains(r#"name="form_token" value="secret""#));
    }

    #[test]
    fn the_theme_is_said_only_when_it_was_chosen() {
        let html = |theme| page(&Shell { theme, ..shell() }, &Page::default()).into_string();
        assert!(!html(Theme::System).contains("data-theme"));
        assert!(html(Theme::Dark).contains(r#"data-theme="dark""#));
    }
}
