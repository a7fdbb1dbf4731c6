//! Measures: what is computed from rows, and what is computed from that.

use guanxi_core::expr::{
    Bindings, Expr, FieldPath, FieldReader, Syntax, SyntaxKind, check_formula, check_number, check_rule, evaluate_condition,
    evaluate_value, parse, plan_number,
};
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin, Rules};
use guanxi_core::query::{AggregateFn, Cell, Measure, MeasureFn};
use guanxi_core::{Decimal, Problem, Value};

use super::scene::Scene;
use super::{AggregateRequest, MeasureRequest};

/// All measures of a request, in its order.
pub(super) struct Figures {
    /// What the store computes.
    pub(super) measures: Vec<Measure>,
    figures: Vec<Figure>,
    /// The measures as the fields of a record that formulas, `having` and `sort` read.
    names: Object,
}

enum Figure {
    /// By its place among what the store computes.
    Stored(usize),
    /// Of other measures.
    Formula(Box<Expr>, FieldKind),
}

impl Figures {
    pub(super) fn new(scene: &Scene<'_>, request: &AggregateRequest, problems: &mut Vec<Problem>) -> Self {
        let mut figures = Self { measures: Vec::new(), figures: Vec::new(), names: nameless() };
        for (at, asked) in request.measures.iter().enumerate() {
            let computed = matches!(asked.function.as_str(), "formula" | "ratio");
            let read = if computed { figures.formula(scene, asked, at) } else { measure(scene, asked, at).map(Some) };
            match read {
                Ok(Some((measure, kind))) => {
                    figures.name(asked, at, kind, problems);
                    figures.figures.push(Figure::Stored(figures.measures.len()));
                    figures.measures.push(measure);
                }
                Ok(None) => {
                    if let Some(Figure::Formula(_, kind)) = figures.figures.last() {
                        let kind = kind.clone();
                        figures.name(asked, at, kind, problems);
                    }
                }
                Err(found) => problems.extend(found),
            }
        }
        figures
    }

    fn name(&mut self, asked: &MeasureRequest, at: usize, kind: FieldKind, problems: &mut Vec<Problem>) {
        let name = asked.name.clone().unwrap_or_else(|| format!("m{at}"));
        let word = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let good = word(&name) && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.len() <= 60;
        if !good || self.names.fields.iter().any(|field| field.key == name) {
            let detail = format!("`{name}`: each measure has its own name of small letters, digits and `_`");
            problems.push(Problem::error("request.malformed", detail).on(format!("measures.{at}.as")));
        }
        self.names.fields.push(Field::new(name, Label::default(), kind));
    }

    /// `None` after it was added.
    fn formula(&mut self, scene: &Scene<'_>, asked: &MeasureRequest, at: usize) -> Result<Option<(Measure, FieldKind)>, Vec<Problem>> {
        let refused = |detail: &str| vec![Problem::error("request.malformed", detail).on(format!("measures.{at}"))];
        let Some(text) = &asked.expr else {
            return Err(refused("a formula and a ratio need an `expr` over the names of measures before it"));
        };
        if asked.field.is_some() || !asked.filter.is_empty() {
            return Err(refused("a formula and a ratio have an `expr` only; the measures in it may have filters"));
        }
        let mut syntax = parse(text).map_err(|problem| vec![problem])?;
        if asked.function == "ratio" {
            let hundred = Syntax { kind: SyntaxKind::Number("100".into()), position: syntax.position };
            syntax = Syntax { position: syntax.position, kind: SyntaxKind::Binary("*", Box::new(syntax), Box::new(hundred)) };
        }
        let (expr, kind) = check_formula(&syntax, &self.bindings(scene))?;
        let kind = match kind.scale() {
            None => {
                return Err(vec![Problem::error("field.type", "a formula of measures gives a number").on(format!("measures.{at}.expr"))]);
            }
            Some(_) if asked.function == "ratio" => FieldKind::Percent,
            Some(_) => kind,
        };
        self.figures.push(Figure::Formula(Box::new(expr), kind));
        Ok(None)
    }

    fn bindings<'b>(&'b self, scene: &'b Scene<'_>) -> Bindings<'b> {
        Bindings { object: &self.names, ..scene.bindings() }
    }

    /// The condition on groups.
    pub(super) fn having(&self, scene: &Scene<'_>, text: &str) -> Result<Option<Expr>, Vec<Problem>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let syntax = parse(text).map_err(|problem| vec![problem])?;
        check_rule(&syntax, &self.bindings(scene)).map(Some)
    }

    /// The place of a measure by its name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.names.fields.iter().position(|field| field.key == name)
    }

    /// What each says about nothing at all, where empty groups are filled in.
    pub(super) fn of_nothing(&self) -> Vec<Cell> {
        let zero = |measure: &Measure| match measure.function {
            function if function.counts() => Cell::Count(0),
            AggregateFn::Plain(MeasureFn::Sum) => match measure.operand.as_ref().map(plan_number) {
                Some(Ok(plan)) => {
                    let whole = plan.operands.iter().all(|path| matches!(path.kind, FieldKind::Integer | FieldKind::Duration));
                    Cell::Total { units: 0, scale: plan.scale, integer: whole && plan.scale == 0 }
                }
                _ => Cell::Value(Value::Null),
            },
            _ => Cell::Value(Value::Null),
        };
        self.measures.iter().map(zero).collect()
    }

    /// All values of a group, in the order of the request, from those that the store computed.
    pub(super) fn complete(&self, stored: &[Cell]) -> Result<Vec<Cell>, Problem> {
        let mut cells: Vec<Cell> = Vec::with_capacity(self.figures.len());
        for figure in &self.figures {
            let cell = match figure {
                Figure::Stored(at) => stored.get(*at).cloned().unwrap_or(Cell::Value(Value::Null)),
                Figure::Formula(expr, kind) => Cell::Value(evaluate_value(expr, kind, &self.reader(&cells))?),
            };
            cells.push(cell);
        }
        Ok(cells)
    }

    /// Whether a group is wanted.
    pub(super) fn holds(&self, having: &Expr, cells: &[Cell]) -> bool {
        evaluate_condition(having, &self.reader(cells))
    }

    fn reader<'c>(&'c self, cells: &'c [Cell]) -> Box<FieldReader<'c>> {
        Box::new(move |path: &FieldPath| {
            let place = self.names.fields.iter().position(|field| field.key == path.field);
            place.and_then(|place| cells.get(place)).map_or(Value::Null, as_value)
        })
    }
}

/// A cell as formulas read it. A total beyond 18 digits has no value there.
fn as_value(cell: &Cell) -> Value {
    match cell {
        Cell::Value(value) => value.clone(),
        Cell::Count(count) => Value::Int(*count),
        Cell::Total { units, integer: true, .. } => i64::try_from(*units).map_or(Value::Null, Value::Int),
        Cell::Total { units, scale, integer: false } => Decimal::from_units(*units, *scale).map_or(Value::Null, Value::Decimal),
    }
}

fn nameless() -> Object {
    Object {
        id: 0,
        key: "measures".into(),
        label: Label::default(),
        icon: String::new(),
        origin: Origin::Host,
        title: String::new(),
        tracked: None,
        uniques: Vec::new(),
        rules: Rules::default(),
        parent: None,
        fields: Vec::new(),
        read_only: true,
        hidden: false,
    }
}

fn measure(scene: &Scene<'_>, request: &MeasureRequest, at: usize) -> Result<(Measure, FieldKind), Vec<Problem>> {
    let malformed = |detail: String| vec![Problem::error("request.malformed", detail).on("measures")];
    let function = AggregateFn::parse(&request.function)
        .ok_or_else(|| malformed(format!("`{}` is no measure: {}, formula, ratio", request.function, AggregateFn::NAMES)))?;
    let operand = match (&request.field, &request.expr) {
        (Some(_), Some(_)) => return Err(malformed("a measure has a field or an expr, not both".into())),
        (None, None) if function == MeasureFn::Count.into() => None,
        (None, None) => return Err(malformed(format!("`{}` needs a field or an expr", request.function))),
        (Some(field), None) => {
            let path = scene.path(field).map_err(|p| vec![p])?;
            check_operand(function, &path)?;
            Some(Expr::Field(path))
        }
        (None, Some(text)) => {
            let syntax = parse(text).map_err(|p| vec![p])?;
            let number = check_number(&syntax, &scene.bindings())?.0;
            if let Some(problem) = scene.whole_joins(&number) {
                return Err(vec![problem]);
            }
            Some(number)
        }
    };
    let mut problems = Vec::new();
    let filter = scene.filter(&request.filter, &format!("measures.{at}.filter"), &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let kind = result(function, operand.as_ref())?;
    Ok((Measure { function, operand, filter }, kind))
}

/// The type of a measure's values.
fn result(function: AggregateFn, operand: Option<&Expr>) -> Result<FieldKind, Vec<Problem>> {
    Ok(match operand {
        _ if function.counts() => FieldKind::Integer,
        Some(Expr::Field(path)) if path.kind == FieldKind::Duration => FieldKind::Integer,
        Some(Expr::Field(path)) => path.kind.clone(),
        Some(number) => {
            let plan = plan_number(number).map_err(|p| vec![p])?;
            let is_money = plan.operands.iter().any(|path| matches!(path.kind, FieldKind::Money { .. }));
            let whole = plan.operands.iter().all(|path| matches!(path.kind, FieldKind::Integer | FieldKind::Duration));
            match plan.scale {
                0 if whole => FieldKind::Integer,
                scale if is_money => FieldKind::Money { scale },
                scale => FieldKind::Decimal { scale },
            }
        }
        None => FieldKind::Integer,
    })
}

fn check_operand(function: AggregateFn, path: &FieldPath) -> Result<(), Vec<Problem>> {
    let is_number = path.kind.scale().is_some();
    let fits = match function {
        AggregateFn::Plain(MeasureFn::Count) => !matches!(path.kind, FieldKind::Children { .. }),
        AggregateFn::CountDistinct => !crate::engine::read::is_unordered(&path.kind),
        AggregateFn::Plain(MeasureFn::Sum | MeasureFn::Avg) | AggregateFn::Median => is_number,
        AggregateFn::Plain(MeasureFn::Min | MeasureFn::Max) => is_number || matches!(path.kind, FieldKind::Date | FieldKind::DateTime),
    };
    if fits {
        return Ok(());
    }
    let text = path.text();
    Err(vec![
        Problem::error("field.type", format!("`{text}` is {} and cannot be measured like this", path.kind.name()))
            .on(text)
            .with("type", path.kind.name()),
    ])
}
