//! Every text of the user interface, Chinese and English side by side, so that a missing one cannot compile.
//!
//! One file per area adds methods to [`Texts`]: `t(locale).save()`. Metadata labels and the words of plugins are not here.

use guanxi_core::meta::Locale;

mod actions;
mod administration;
mod batches;
mod boards;
mod cards;
mod controls;
mod field_administration;
mod forms;
mod history;
mod lists;
mod plugin_views;
mod problems;
mod records;
mod rights;
mod rights_and_icons;
mod rule_administration;
mod search;
mod security_log;
mod shell;
mod states;

pub use problems::problem_text;

/// The texts for one reader.
#[derive(Clone, Copy, Debug)]
pub struct Texts(Locale);

/// The texts in a language.
pub fn t(locale: Locale) -> Texts {
    Texts(locale)
}

impl Texts {
    /// The language of these texts.
    pub fn locale(self) -> Locale {
        self.0
    }
}

/// Declares texts: `name => "中文", "English";`, with parts `name(part) => "…{part}…", "…{part}…";`, and where English has a
/// singular `name(n: count) => "…{n}…", "…", "…{n}…";` (the first English form is for exactly one).
macro_rules! texts {
    ($($body:tt)*) => {
        impl $crate::texts::Texts {
            $crate::texts::declare! { $($body)* }
        }
    };
}

macro_rules! declare {
    () => {};
    ($name:ident => $zh:literal, $en:literal; $($rest:tt)*) => {
        #[doc = $en]
        pub fn $name(self) -> &'static str {
            match self.locale() {
                guanxi_core::meta::Locale::ZhCn => $zh,
                guanxi_core::meta::Locale::En => $en,
            }
        }
        $crate::texts::declare! { $($rest)* }
    };
    ($name:ident($n:ident: count) => $zh:literal, $one:literal, $en:literal; $($rest:tt)*) => {
        #[doc = $en]
        pub fn $name(self, $n: u64) -> String {
            match self.locale() {
                guanxi_core::meta::Locale::ZhCn => format!($zh),
                guanxi_core::meta::Locale::En if $n == 1 => $one.to_owned(),
                guanxi_core::meta::Locale::En => format!($en),
            }
        }
        $crate::texts::declare! { $($rest)* }
    };
    ($name:ident($($part:ident),+) => $zh:literal, $en:literal; $($rest:tt)*) => {
        #[doc = $en]
        pub fn $name(self, $($part: &str),+) -> String {
            match self.locale() {
                guanxi_core::meta::Locale::ZhCn => format!($zh),
                guanxi_core::meta::Locale::En => format!($en),
            }
        }
        $crate::texts::declare! { $($rest)* }
    };
}

use {declare, texts};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_numbers_are_filled_in() {
        assert_eq!(t(Locale::ZhCn).save(), "保存");
        assert_eq!(t(Locale::En).not_saved(1), "Not saved: 1 thing to fix");
        assert_eq!(t(Locale::En).not_saved(5), "Not saved: 5 things to fix");
        assert_eq!(t(Locale::ZhCn).not_saved(5), "未保存：有 5 处需要修改");
        assert_eq!(t(Locale::En).new_record("customer"), "New customer");
    }
}
