//! The statement of an aggregate, in layers: rows with keys and operands; rows of other groups left out; repeated records taken once;
//! values ranked for medians; groups. Layers that nothing needs are left out.

use guanxi_core::Value;
use sea_query::{Alias, Expr, ExprTrait, NullOrdering, Order, Query, SelectStatement, WindowStatement};

use super::AggregatePlan;
use crate::StoreError;

fn key(at: usize) -> Alias {
    Alias::new(format!("k{at}"))
}

fn operand(at: usize) -> Alias {
    Alias::new(format!("m{at}"))
}

fn record(at: usize) -> Alias {
    Alias::new(format!("i{at}"))
}

fn rank(at: usize) -> Alias {
    Alias::new(format!("r{at}"))
}

fn ranked(at: usize) -> Alias {
    Alias::new(format!("c{at}"))
}

impl AggregatePlan<'_> {
    /// The inner select computes keys and operands once a row; the outer one groups them.
    pub(super) fn statement(&self, limit: u32) -> Result<SelectStatement, StoreError> {
        let mut rows = self.rows()?;
        if !self.except.is_empty() {
            let mut others = Query::select();
            self.carry(&mut others, |_| false);
            for (at, _) in self.measures.iter().enumerate().filter(|(_, measure)| measure.taken_once().is_some()) {
                others.expr(Expr::col(record(at)));
            }
            others.from_subquery(rows, Alias::new("rows_all"));
            let groups: Vec<&[Value]> = self.except.iter().map(Vec::as_slice).collect();
            others.and_where(crate::planner::template(self.planner.dialect(), "(NOT COALESCE($1, FALSE))", &[self.one_of(0, &groups)?]));
            rows = others;
        }
        if self.measures.iter().any(|measure| measure.taken_once().is_some()) {
            rows = self.taken_once(rows);
        }
        if self.measures.iter().any(super::MeasurePlan::is_median) {
            rows = self.ranked(rows);
        }
        let mut outer = Query::select();
        for at in &self.level {
            outer.expr(Expr::col(key(*at))).add_group_by([Expr::col(key(*at))]);
        }
        for (at, measure) in self.measures.iter().enumerate() {
            for part in measure.select_ranked(&[Expr::col(operand(at)), Expr::col(rank(at)), Expr::col(ranked(at))]) {
                outer.expr(part);
            }
        }
        if self.level.is_empty() && self.measures.is_empty() {
            outer.expr(Expr::cust("COUNT(*)"));
        }
        outer.from_subquery(rows, Alias::new("rows_found"));
        outer.limit(u64::from(limit) + 1);
        Ok(outer)
    }

    fn rows(&self) -> Result<SelectStatement, StoreError> {
        let mut rows = self.source()?;
        let mut selects_something = false;
        for at in (0..self.keys.len()).filter(|at| self.is_used(*at)) {
            rows.expr_as(self.keys[at].expression(self.planner.dialect())?, key(at));
            selects_something = true;
        }
        for (at, measure) in self.measures.iter().enumerate() {
            if let Some(value) = &measure.operand {
                rows.expr_as(value.clone(), operand(at));
                selects_something = true;
            }
            if let Some(id) = measure.taken_once() {
                rows.expr_as(id.clone(), record(at));
            }
        }
        if !selects_something {
            rows.expr_as(Expr::cust("1"), Alias::new("one"));
        }
        Ok(rows)
    }

    /// The row belongs to one of these groups, which agree in the keys before `at`.
    fn one_of(&self, at: usize, groups: &[&[Value]]) -> Result<Expr, StoreError> {
        let (Some(own), Some(first)) = (self.keys.get(at), groups.first().and_then(|group| group.get(at))) else {
            return Ok(Expr::cust("1 = 1"));
        };
        let mut values: Vec<&Value> = Vec::new();
        for value in groups.iter().filter_map(|group| group.get(at)) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if values.len() > 1 {
            // In halves, because databases bound how deep a condition may lie.
            let early = &values[..values.len() / 2];
            let (left, right): (Vec<_>, Vec<_>) =
                groups.iter().copied().partition(|group| group.get(at).is_some_and(|value| early.contains(&value)));
            return Ok(self.one_of(at, &left)?.or(self.one_of(at, &right)?));
        }
        let here = own.is(&Expr::col(key(at)), first, self.planner.dialect())?;
        if at + 1 == self.keys.len() { Ok(here) } else { Ok(here.and(self.one_of(at + 1, groups)?)) }
    }

    fn partition(&self) -> WindowStatement {
        let mut window = WindowStatement::new();
        for at in &self.level {
            sea_query::OverStatement::add_partition_by(&mut window, Expr::col(key(*at)));
        }
        window
    }

    /// Keys and everything that measures need of a layer, but the operands of those that the caller computes itself.
    fn carry(&self, layer: &mut SelectStatement, but: impl Fn(&super::MeasurePlan) -> bool) {
        for at in &self.level {
            layer.expr(Expr::col(key(*at)));
        }
        for (at, measure) in self.measures.iter().enumerate() {
            if measure.operand.is_some() && !but(measure) {
                layer.expr(Expr::col(operand(at)));
            }
        }
        if self.level.is_empty() && self.measures.iter().all(|measure| measure.operand.is_none()) {
            layer.expr_as(Expr::cust("1"), Alias::new("one"));
        }
    }

    /// Leaves the operand in one row of each record and group: one that has a value, if there is one.
    fn taken_once(&self, rows: SelectStatement) -> SelectStatement {
        let mut numbered = Query::select();
        let mut layer = Query::select();
        self.carry(&mut numbered, |_| false);
        self.carry(&mut layer, |measure| measure.taken_once().is_some());
        for (at, _) in self.measures.iter().enumerate().filter(|(_, measure)| measure.taken_once().is_some()) {
            let mut window = self.partition();
            sea_query::OverStatement::add_partition_by(&mut window, Expr::col(record(at)));
            window.order_by_expr(Expr::col(operand(at)).is_null(), Order::Asc);
            numbered.expr_window_as(Expr::cust("ROW_NUMBER()"), window, rank(at));
            layer.expr_as(Expr::case(Expr::col(rank(at)).eq(Expr::cust("1")), Expr::col(operand(at))), operand(at));
        }
        numbered.from_subquery(rows, Alias::new("rows_repeated"));
        layer.from_subquery(numbered, Alias::new("rows_numbered"));
        layer
    }

    /// Numbers the values of each median within their group, and counts them.
    fn ranked(&self, rows: SelectStatement) -> SelectStatement {
        let mut layer = Query::select();
        self.carry(&mut layer, |_| false);
        for (at, _) in self.measures.iter().enumerate().filter(|(_, measure)| measure.is_median()) {
            let mut window = self.partition();
            window.order_by_expr_with_nulls(Expr::col(operand(at)), Order::Asc, NullOrdering::Last);
            layer.expr_window_as(Expr::cust("ROW_NUMBER()"), window, rank(at));
            layer.expr_window_as(Expr::col(operand(at)).count(), self.partition(), ranked(at));
        }
        layer.from_subquery(rows, Alias::new("rows_unranked"));
        layer
    }
}
