//! The icons: 16 × 16 line drawings. Each is written where it is used, so a page carries exactly the icons it shows.

use guanxi_core::meta::Locale;
use maud::{Markup, PreEscaped, html};

use super::Sample;

macro_rules! icons {
    ($($variant:ident $name:literal $drawing:literal;)*) => {
        /// An icon. Names are what metadata and plugin manifests say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon {
            $(#[doc = $name] $variant,)*
        }

        impl Icon {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in metadata and manifests.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn drawing(self) -> &'static str {
                match self { $(Self::$variant => $drawing,)* }
            }
        }
    };
}

impl Icon {
    /// The icon of a name; a sheet of paper for a name that is not known.
    pub fn named(name: &str) -> Self {
        Self::ALL.iter().copied().find(|icon| icon.name() == name).unwrap_or(Self::File)
    }
}

/// The drawing, hidden from screen readers: words beside it, or the control's name, say what it means.
pub fn icon(icon: Icon) -> Markup {
    html! { svg.ic viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(icon.drawing())) } }
}

/// The same at 14 px, beside small text.
pub fn icon_small(icon: Icon) -> Markup {
    html! { svg."ic ic-s" viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(icon.drawing())) } }
}

icons! {
    Activity "activity" r#"<path d="M1.5 8.5H5l2-5 2.5 9L11.5 8.5h3"/>"#;
    ArrowDown "arrow-down" r#"<path d="M8 3v10M4 9l4 4 4-4"/>"#;
    ArrowUp "arrow-up" r#"<path d="M8 13V3M4 7l4-4 4 4"/>"#;
    Bad "bad" r#"<circle cx="8" cy="8" r="5.7"/><path d="M8 4.8v3.7M8 10.9v.1"/>"#;
    Box "box" r#"<path d="M8 2 2.5 4.7v6.6L8 14l5.5-2.7V4.7zM2.5 4.7 8 7.5l5.5-2.8M8 7.5V14"/>"#;
    Building "building" r#"<path d="M3 13.5v-11h6v11M9 6h4v7.5M1.5 13.5h13M5 5.5h2M5 8h2M5 10.5h2M11 8.5v0M11 11v0"/>"#;
    Calendar "calendar" r#"<rect x="2.5" y="3.5" width="11" height="10" rx="1.5"/><path d="M2.5 6.5h11M5.5 2v2.5M10.5 2v2.5"/>"#;
    Chart "chart" r#"<path d="M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6"/>"#;
    Chat "chat" r#"<path d="M2.5 3h11v8H7l-3 2.5V11H2.5z"/>"#;
    Check "check" r#"<path d="m3 8.5 3.2 3.2L13 4.8"/>"#;
    Clock "clock" r#"<circle cx="8" cy="8" r="5.7"/><path d="M8 4.8V8l2.2 1.5"/>"#;
    Close "close" r#"<path d="m4 4 8 8M12 4l-8 8"/>"#;
    Cog "cog" r#"<path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6"/><circle cx="10.2" cy="4.5" r="1.7"/><circle cx="5.8" cy="11.5" r="1.7"/>"#;
    Columns "columns" r#"<rect x="2.5" y="3" width="11" height="10" rx="1.5"/><path d="M6.2 3v10M9.8 3v10"/>"#;
    Dots "dots" r#"<path d="M3.5 8v.01M8 8v.01M12.5 8v.01" stroke-width="2.2"/>"#;
    Down "down" r#"<path d="m4 6 4 4 4-4"/>"#;
    Download "download" r#"<path d="M8 2.5V10M5 7.5l3 3 3-3M2.5 10.5v3h11v-3"/>"#;
    Exit "exit" r#"<path d="M9.5 3H3.5v10h6M6.5 8h7.5M11.5 5.5 14 8l-2.5 2.5"/>"#;
    Eye "eye" r#"<path d="M1.5 8C3 5 5.2 3.5 8 3.5S13 5 14.5 8c-1.5 3-3.7 4.5-6.5 4.5S3 11 1.5 8z"/><circle cx="8" cy="8" r="2"/>"#;
    EyeOff "eye-off" r#"<path d="M2 2.5 14 13.5M6 4c.6-.2 1.3-.3 2-.3 2.8 0 5 1.5 6.5 4.3-.5 1-1.1 1.8-1.8 2.5M4 5.3C3 6 2.2 6.9 1.5 8 3 11 5.2 12.3 8 12.3c1 0 1.9-.2 2.7-.5"/>"#;
    File "file" r#"<path d="M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5M6 8.5h4M6 11h4"/>"#;
    Filter "filter" r#"<path d="M2.5 4h11M4.5 8h7M6.5 12h3"/>"#;
    Globe "globe" r#"<circle cx="8" cy="8" r="5.7"/><path d="M2.3 8h11.4M8 2.3c2 2 2.3 4 2.3 5.7S10 11.7 8 13.7C6 11.7 5.7 9.7 5.7 8S6 4.3 8 2.3z"/>"#;
    Grip "grip" r#"<path d="M6 4v.01M10 4v.01M6 8v.01M10 8v.01M6 12v.01M10 12v.01" stroke-width="2"/>"#;
    Home "home" r#"<path d="M2.5 7 8 2.5 13.5 7v6.5h-4V10h-3v3.5h-4z"/>"#;
    Info "info" r#"<circle cx="8" cy="8" r="5.7"/><path d="M8 7.5v3.3M8 5.2v.1"/>"#;
    Kanban "kanban" r#"<rect x="2.5" y="2.5" width="3" height="11" rx="1"/><rect x="6.5" y="2.5" width="3" height="7" rx="1"/><rect x="10.5" y="2.5" width="3" height="9" rx="1"/>"#;
    Key "key" r#"<circle cx="5.5" cy="10.5" r="2.7"/><path d="m7.5 8.5 6-6M11 5l1.8 1.8"/>"#;
    Keyboard "keyboard" r#"<rect x="1.8" y="4" width="12.4" height="8.5" rx="1.4"/><path d="M4.5 6.8v.01M7 6.8v.01M9.5 6.8v.01M11.7 6.8v.01M5 9.8h6"/>"#;
    Left "left" r#"<path d="m10 4-4 4 4 4"/>"#;
    List "list" r#"<path d="M2.5 4h11M2.5 8h11M2.5 12h11"/>"#;
    Lock "lock" r#"<rect x="3.5" y="7" width="9" height="6.5" rx="1.2"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>"#;
    Mail "mail" r#"<rect x="2" y="3.5" width="12" height="9" rx="1.2"/><path d="m2.5 4.5 5.5 4 5.5-4"/>"#;
    Menu "menu" r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#;
    Moon "moon" r#"<path d="M13 9.8A5.6 5.6 0 1 1 6.4 3a4.6 4.6 0 0 0 6.6 6.8z"/>"#;
    Ok "ok" r#"<circle cx="8" cy="8" r="5.7"/><path d="m5.5 8.2 1.8 1.8 3.2-3.8"/>"#;
    Pen "pen" r#"<path d="m3 10.5 7.5-7.5L13 5.5 5.5 13H3z"/>"#;
    Phone "phone" r#"<path d="M3 2.5h2.8L7 6 5.3 7.2a8 8 0 0 0 3.5 3.5L10 9l3.5 1.2V13c0 .5-.5 1-1 1C6.5 13.5 2.5 9.5 2 3.5c0-.5.5-1 1-1z"/>"#;
    Plug "plug" r#"<path d="M6 2v3M10 2v3M4 5h8v2.5a4 4 0 0 1-8 0zM8 11.5V14"/>"#;
    Plus "plus" r#"<path d="M8 3v10M3 8h10"/>"#;
    Refresh "refresh" r#"<path d="M13 8a5 5 0 1 1-1.5-3.6L13 6M13 2.5V6H9.5"/>"#;
    Right "right" r#"<path d="m6 4 4 4-4 4"/>"#;
    Search "search" r#"<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>"#;
    Shield "shield" r#"<path d="M8 2 3 4v4c0 3 2 5 5 6 3-1 5-3 5-6V4z"/>"#;
    Sum "sum" r#"<path d="M12 4.5V3H4l4.5 5L4 13h8v-1.5"/>"#;
    Sort "sort" r#"<path d="M5 3v10M2.5 10.5 5 13l2.5-2.5M11 13V3M8.5 5.5 11 3l2.5 2.5"/>"#;
    Spin "spin" r#"<path d="M8 2.3a5.7 5.7 0 1 1-5.7 5.7"/>"#;
    Star "star" r#"<path d="m8 2.2 1.8 3.7 4 .5-3 2.8.8 4L8 11.2l-3.6 2 .8-4-3-2.8 4-.5z"/>"#;
    Swords "swords" r#"<path d="M2.5 2.5 10 10M13.5 2.5 6 10M8.8 11.2l2.4-2.4M11 11l2.5 2.5M7.2 11.2 4.8 8.8M5 11l-2.5 2.5"/>"#;
    Tag "tag" r#"<path d="M2.5 2.5H8l5.5 5.5L8 13.5 2.5 8zM5.3 5.3v.01"/>"#;
    Target "target" r#"<circle cx="8" cy="8" r="5.7"/><circle cx="8" cy="8" r="2.3"/>"#;
    Trash "trash" r#"<path d="M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.5 9h6l.5-9M6.8 7v4M9.2 7v4"/>"#;
    Undo "undo" r#"<path d="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.5 4 3 6.5 5.5 9"/>"#;
    Upload "upload" r#"<path d="M8 10.5V3M5 5.5 8 2.5l3 3M2.5 10.5v3h11v-3"/>"#;
    User "user" r#"<circle cx="8" cy="5.5" r="2.7"/><path d="M3 13.5c.6-2.8 2.5-4 5-4s4.4 1.2 5 4"/>"#;
    Users "users" r#"<circle cx="6" cy="5.5" r="2.5"/><path d="M1.5 13c.5-2.5 2.2-3.7 4.5-3.7s4 1.2 4.5 3.7M10.5 3.3a2.5 2.5 0 0 1 0 4.4M12.3 9.9c1.2.6 1.9 1.6 2.2 3.1"/>"#;
    Warn "warn" r#"<path d="M8 2.5 14.2 13.3H1.8zM8 6.5v3M8 11.4v.1"/>"#;
}

/// Every icon with its name.
pub fn samples(_locale: Locale) -> Vec<Sample> {
    let all = html! { @for each in Icon::ALL { span.row.small.dim { (icon(*each)) (each.name()) } } };
    vec![Sample::new("all icons", html! { div.row.wrap.gap3 { (all) } })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_and_unknown_ones_have_a_picture() {
        for each in Icon::ALL {
            assert_eq!(Icon::named(each.name()), *each);
        }
        assert_eq!(Icon::named("nobody drew this"), Icon::File);
    }
}
