//! What the palette can do beside opening records: pages that the visitor's menu has, and new records that the visitor may make.

use guanxi_core::policy::Function;
use guanxi_core::search::{Asked, Family, answers};

use crate::texts::t;
use crate::ui::components::icon::Icon;
use crate::ui::shell;
use crate::ui::urls;
use crate::ui::visit::Visit;
use crate::ui::words::in_sentence;

/// Of each sort, while somebody is typing.
const MOST: usize = 5;

/// One line of the palette.
pub(super) struct Command {
    pub(super) label: String,
    /// Where it stands in the menu.
    pub(super) place: String,
    pub(super) href: String,
    pub(super) icon: Icon,
}

/// Commands whose words answer the question, best first; all of them for a blank one.
fn fitting(commands: Vec<Command>, words: &str, most: usize) -> Vec<Command> {
    let Some(asked) = Asked::new(words) else {
        return if words.trim().is_empty() { commands.into_iter().take(most).collect() } else { Vec::new() };
    };
    let fits = |command: &Command| answers(&asked, &[(Family::Name, &command.label), (Family::Name, &command.place)]);
    let mut found: Vec<Command> = commands.into_iter().filter(fits).collect();
    found.sort_by_key(|command| guanxi_core::search::rank(&asked, &command.label));
    found.truncate(most);
    found
}

/// Pages of the menu.
pub(super) fn pages(visit: &Visit, words: &str, only: bool) -> Vec<Command> {
    let frame = shell::shell(visit, "");
    let foot = frame.foot.into_iter().map(|item| (String::new(), item));
    let menu = frame.menu.into_iter().flat_map(|group| group.items.into_iter().map(move |item| (group.label.clone(), item)));
    let commands = menu.chain(foot).map(|(place, item)| Command { label: item.label, place, href: item.href, icon: item.icon });
    fitting(commands.collect(), words, if only { 20 } else { MOST })
}

/// New records.
pub(super) fn actions(visit: &Visit, words: &str, only: bool) -> Vec<Command> {
    let (ctx, locale) = (&visit.ctx, visit.locale());
    let made = |key: &str| ctx.may(key, Function::Create);
    let objects = ctx.snapshot.schema.objects().filter(|o| !o.read_only && o.parent.is_none() && o.key != "attachment" && made(&o.key));
    let command = |object: &std::sync::Arc<guanxi_core::meta::Object>| Command {
        label: t(locale).new_record(&in_sentence(locale, object.label.get(locale))),
        place: String::new(),
        href: urls::create(&object.key),
        icon: Icon::Plus,
    };
    fitting(objects.map(command).collect(), words, if only { 20 } else { MOST })
}
