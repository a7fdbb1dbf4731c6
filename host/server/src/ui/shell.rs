//! The frame's content for a visitor: menu from objects and plugins, as far as the visitor may see them.

use axum::response::{IntoResponse, Response};
use guanxi_core::meta::{Object, Origin};
use guanxi_core::policy::{Function, Special, decide};
use guanxi_sandbox::manifest::MenuDecl;

use super::components::icon::Icon;
use super::layout::{self, MenuGroup, MenuItem, Page, Shell, Theme};
use super::visit::Visit;
use super::words::several;
use super::{flash, urls};
use crate::engine::Eyes;
use crate::texts::t;

/// A page in the visitor's frame, with what was just done.
pub fn show(visit: &Visit, section: &str, mut page: Page) -> Response {
    let frame = shell(visit, section);
    if page.flash.is_some() || visit.flash.is_none() {
        return layout::page(&frame, &page).into_response();
    }
    page.flash.clone_from(&visit.flash);
    (flash::forget(&visit.app), layout::page(&frame, &page)).into_response()
}

/// The frame; `section` is the address of the menu entry that the page belongs to.
pub fn shell(visit: &Visit, section: &str) -> Shell {
    let (ctx, locale) = (&visit.ctx, visit.locale());
    let texts = t(locale);
    let schema = &ctx.snapshot.schema;
    let visible = |object: &Object| decide(&ctx.actor, &object.key, Function::View).is_some();
    let item = |label: &str, href: String, icon: &str| {
        let current = href == section;
        MenuItem::new(label, href, Icon::named(icon), current)
    };
    let objects = |wanted: &dyn Fn(&Object) -> bool| -> Vec<MenuItem> {
        let shown = schema.objects().filter(|o| !o.read_only && o.parent.is_none() && visible(o) && wanted(o));
        shown.map(|o| item(&several(locale, o.label.get(locale)), urls::list(&o.key), &o.icon)).collect()
    };
    let mut menu = vec![MenuGroup { label: String::new(), items: vec![item(texts.home(), "/".into(), "home")] }];
    let people = ["user", "department", "unit"];
    // Files are found at the records that hold them.
    let files = "attachment";
    menu.push(MenuGroup {
        label: texts.customers_group().into(),
        items: objects(&|o| o.origin == Origin::Host && o.key != files && !people.contains(&o.key.as_str())),
    });
    for plugin in &ctx.snapshot.plugins {
        for entry in &plugin.manifest.menu {
            let Some(href) = target(visit, &plugin.manifest.id, entry) else { continue };
            let label = if entry.group.is_empty() { plugin.manifest.name.get(locale) } else { entry.group.get(locale) };
            let place = menu.iter().position(|group| group.label == label).unwrap_or_else(|| {
                menu.push(MenuGroup { label: label.to_owned(), items: Vec::new() });
                menu.len() - 1
            });
            menu[place].items.push(item(entry.label.get(locale), href, entry.icon.as_deref().unwrap_or("box")));
        }
    }
    menu.push(MenuGroup { label: texts.own_objects_group().into(), items: objects(&|o| o.origin == Origin::Tenant) });
    menu.push(MenuGroup { label: texts.people_group().into(), items: objects(&|o| people.contains(&o.key.as_str())) });
    menu.retain(|group| !group.items.is_empty());
    let mut foot = vec![item(texts.batches(), urls::BATCHES.into(), "clock"), item(texts.recycle_bin(), urls::RECYCLE_BIN.into(), "trash")];
    if ctx.actor.has(&Special::LogView) {
        foot.push(item(texts.admin_log(), "/admin/log".into(), "shield"));
    }
    if ctx.actor.is_administrator() {
        let mut admin = item(texts.administration(), "/admin/objects".into(), "cog");
        admin.current = section.starts_with("/admin") && section != "/admin/log";
        foot.push(admin);
    }
    let roles = ctx.actor.roles.iter().map(|role| role.label.get(locale)).collect::<Vec<_>>().join(" · ");
    Shell {
        locale,
        theme: Theme::parse(&visit.session.theme),
        token: visit.session.frame_token.clone(),
        user: ctx.actor.name.clone(),
        user_note: roles,
        tenant: ctx.tenant.name.clone(),
        menu,
        foot,
        path: visit.path.clone(),
        viewing: viewing(visit),
    }
}

/// With whose eyes the session looks.
fn viewing(visit: &Visit) -> Option<String> {
    let texts = t(visit.locale());
    Some(match &visit.session.viewing.as_ref()?.eyes {
        Eyes::Role(key) => {
            let role = visit.ctx.snapshot.roles.get(key);
            texts.viewing_as_role(role.map_or(key.as_str(), |role| role.label.get(visit.locale())))
        }
        Eyes::User(_) => texts.viewing_as_user(&visit.ctx.actor.name),
    })
}

/// Where a plugin's menu entry leads; `None` where the visitor may not go or there is nothing.
fn target(visit: &Visit, plugin: &str, entry: &MenuDecl) -> Option<String> {
    match (&entry.page, &entry.object) {
        (Some(page), _) => Some(urls::plugin_page(plugin, page)),
        (None, Some(object)) => {
            let object = visit.ctx.snapshot.schema.object(object)?;
            decide(&visit.ctx.actor, &object.key, Function::View)?;
            Some(urls::list(&object.key))
        }
        (None, None) => None,
    }
}
