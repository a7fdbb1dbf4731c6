//! Words for function rights, reaches and icons: things of the host that are known by a value, not by a place on a page.

use guanxi_core::meta::Locale;
use guanxi_core::policy::{Function, Scope};

use super::Texts;

/// Icons that picture a thing, with their Chinese and English names.
const ICONS: [(&str, &str, &str); 21] = [
    ("box", "盒子", "Box"),
    ("building", "楼房", "Building"),
    ("user", "人", "Person"),
    ("users", "多人", "People"),
    ("target", "靶心", "Target"),
    ("file", "文件", "File"),
    ("list", "清单", "List"),
    ("tag", "标签", "Tag"),
    ("calendar", "日历", "Calendar"),
    ("clock", "时钟", "Clock"),
    ("activity", "脉搏", "Pulse"),
    ("chart", "图表", "Chart"),
    ("kanban", "看板", "Board"),
    ("chat", "对话", "Chat"),
    ("mail", "信封", "Envelope"),
    ("phone", "电话", "Phone"),
    ("globe", "地球", "Globe"),
    ("home", "房子", "House"),
    ("key", "钥匙", "Key"),
    ("shield", "盾牌", "Shield"),
    ("star", "星", "Star"),
];

impl Texts {
    /// How a function right is called.
    pub fn function(self, function: Function) -> &'static str {
        match function {
            Function::View => self.right_view(),
            Function::Create => self.right_create(),
            Function::Edit => self.right_edit(),
            Function::Delete => self.right_delete(),
            Function::Import => self.right_import(),
            Function::Export => self.right_export(),
            Function::Merge => self.right_merge(),
            Function::Bulk => self.right_bulk(),
            Function::Aggregate => self.right_aggregate(),
        }
    }

    /// How far a right reaches.
    pub fn scope(self, scope: Scope) -> &'static str {
        match scope {
            Scope::Own => self.scope_own(),
            Scope::Department => self.scope_department(),
            Scope::DepartmentBelow => self.scope_department_below(),
            Scope::All => self.scope_all(),
        }
    }

    /// Icons for objects: name and words.
    pub fn icons(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        ICONS.iter().map(move |(name, zh, en)| (*name, if self.locale() == Locale::En { *en } else { *zh }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::components::icon::Icon;

    #[test]
    fn every_icon_with_words_can_be_drawn() {
        for (name, _) in super::super::t(Locale::En).icons() {
            assert_eq!(Icon::named(name).name(), name);
        }
    }
}
