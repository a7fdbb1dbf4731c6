//! The pipeline board: a column for each stage.

use guanxi_plugin::prelude::*;

use crate::{status_filter, status_of, status_stats};

pub(crate) fn render(params: &[Param]) -> Result<View> {
    let status = status_of(params, Some("open"));
    let board = Kanban::new("opportunity", "stage", ["customer", "amount", "owner", "expected_on"])
        .filter(status_filter(status))
        .sum("amount")
        .weight("success_rate")
        .sort("-amount");
    let shown = msg(&format!("pipeline.{}", status.unwrap_or("all")));
    Ok(View::new().title(shown).block(status_stats("pipeline")?).block(board))
}
