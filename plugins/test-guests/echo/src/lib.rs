//! A well-behaved guest: sets a field, refuses a value, asks the host, renders every kind of block.

use guanxi_plugin::prelude::*;
use guanxi_plugin::view::{Direction, Format};

struct Echo;

impl Plugin for Echo {
    fn before_save(context: &Context, draft: &Draft) -> Result<Verdict> {
        if draft.text("name") == Some("refuse me") {
            return Ok(Verdict::accept().problem(Problem::error("ec.refused").field("name").param("name", draft.value("name").clone())));
        }
        if draft.text("name") == Some("count") {
            let groups = AggregateRequest::new("customer").filter(filter::equals("region", "华东")).count().sum("ec_amount").fetch()?;
            let count = groups.first().and_then(|group| group.values.first()).cloned();
            return Ok(Verdict::accept().set("ec_note", format!("{count:?}")));
        }
        let doubled = draft.decimal("ec_amount").map(|amount| amount + amount);
        Ok(Verdict::accept()
            .set("ec_note", format!("{} {} {}", draft.object, context.today, draft.changed("name")))
            .set("ec_amount", doubled)
            .set("ec_owner", draft.value("owner").clone()))
    }

    fn render_page(context: &Context, page: &str, params: &[Param]) -> Result<View> {
        if page != "all" {
            return Err(Error::not_found(page));
        }
        let rows = FindRequest::new("customer", ["name", "ec_amount"]).sort("-ec_amount").limit(5).fetch()?;
        let table = rows.iter().fold(Table::new([Column::new(msg("page.name")), Column::money("Amount")]), |table, row| {
            table.row([Cell::new(row.value("name").clone()).link(Link::record("customer", &row.id)), row.value("ec_amount").clone().into()])
        });
        let wanted = guanxi_plugin::view::param(params, "period").unwrap_or("none").to_owned();
        Ok(View::new()
            .title(msg("page.title").with("person", context.actor.as_ref().map(|actor| actor.name.as_str())))
            .block(Block::heading(wanted))
            .block(Block::text(context.locale.as_str()))
            .block(Block::stats([Stat::new("Rows", rows.len() as i64)
                .trend(Direction::Up, "+1", Tone::Good)
                .link(Link::page("all").param("p", "1"))]))
            .block(table)
            .block(RecordList::new("customer", ["name"]).filter("ec_amount > 1").create(Preset::new().set("name", "new")))
            .block(BarChart::new("Half is in November", ["Amount"]).money().category("11", [Decimal::new(150, 2)]))
            .block(Funnel::new("Funnel", [FunnelStep::new("a", 2), FunnelStep::new("b", 1).note("1")]))
            .block(Kanban::new("customer", "kind", ["name"]).sum("ec_amount").weight("ec_rate"))
            .section(Section::tab("More").block(Block::actions([Action::new("New", Link::create("customer", Preset::new())).primary()]))))
    }

    fn render_panel(_: &Context, _panel: &str, subject: &RecordRef) -> Result<View> {
        let name = host::get(&subject.object, &subject.id, &["name"])?.and_then(|row| row.text("name").map(str::to_owned));
        let stat = Stat { format: Format::Percent, ..Stat::new("Name", name) };
        Ok(View::new().block(Block::stats([stat])))
    }
}

guanxi_plugin::register!(Echo: before_save, render_page, render_panel);
