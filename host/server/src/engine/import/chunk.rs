//! One chunk of rows: cells to values, rows to changes, changes to records, and an account of each row.

use std::collections::HashSet;

use guanxi_core::meta::Object;
use guanxi_core::{Problem, Value};

use super::super::{Change, Engine, Outcome, Raw, Refusal};
use super::lookup::Match;
use super::plan::reference;
use super::{Cell, Import, RefusedRow, Row, SaveOptions, problem};

/// A row on its way.
struct Draft<'r> {
    row: &'r Row,
    fields: Vec<(String, Raw)>,
    problems: Vec<Problem>,
    /// Fields that have a problem already, so what the save says about their absence is no news.
    failed: Vec<String>,
    /// Made or changed.
    record: Option<uuid::Uuid>,
}

impl Engine {
    /// Saves these rows and counts them; the refused ones come back.
    pub(super) async fn import_chunk(&self, import: &mut Import, rows: &[Row]) -> Outcome<Vec<RefusedRow>> {
        let before = import.counts;
        let mut drafts: Vec<Draft<'_>> = rows.iter().map(|row| import.draft(row)).collect();
        self.find_existing(import, &mut drafts).await?;
        if import.dry_run {
            drafts.iter_mut().for_each(|draft| import.compare_with_imagined(draft));
        }
        let object = import.plan.object.clone();
        let (good, bad): (Vec<usize>, Vec<usize>) = (0..drafts.len()).partition(|index| drafts[*index].problems.is_empty());
        let changes: Vec<Change> = good.iter().map(|index| import.change(&object, &drafts[*index])).collect();
        let outcomes = self.save_each(&import.ctx, changes, &options(import.dry_run, import.batch)).await?;
        for (index, outcome) in good.into_iter().zip(outcomes) {
            match outcome {
                Ok(saved) => import.count(&drafts[index], saved.unchanged),
                Err(refusal) => drafts[index].problems = refusal.problems,
            }
        }
        // What else is wrong with rows whose look-ups failed; nothing of them is written.
        let again: Vec<usize> = bad.into_iter().filter(|index| drafts[*index].row.cells.len() == import.header.len()).collect();
        let changes = again.iter().map(|index| import.change(&object, &drafts[*index])).collect();
        for (index, outcome) in again.into_iter().zip(self.save_each(&import.ctx, changes, &options(true, None)).await?) {
            let draft = &mut drafts[index];
            let news = outcome.err().map(|refusal| refusal.problems).unwrap_or_default();
            let failed = &draft.failed;
            draft.problems.extend(news.into_iter().filter(|problem| problem.field.as_ref().is_none_or(|field| !failed.contains(field))));
        }
        let refused = drafts.into_iter().filter(|draft| !draft.problems.is_empty());
        let refused: Vec<RefusedRow> =
            refused.map(|draft| RefusedRow { line: draft.row.line, cells: draft.row.cells.clone(), problems: draft.problems }).collect();
        import.counts.refused += refused.len() as u64;
        self.note_import(import, before).await?;
        Ok(refused)
    }

    /// Finds the records that rows with a key change.
    async fn find_existing(&self, import: &Import, drafts: &mut [Draft<'_>]) -> Outcome<()> {
        let (Some(lookup), Some(column)) = (&import.key, import.plan.key.map(|key| &import.plan.columns[key])) else { return Ok(()) };
        let keys: HashSet<String> = drafts.iter().filter_map(|draft| import.key_of(draft.row)).collect();
        let found = self.find_by_key(&import.ctx, &import.plan, keys, lookup).await?;
        for draft in drafts.iter_mut().filter(|draft| draft.row.cells.len() == import.header.len()) {
            let Some(key) = import.key_of(draft.row) else {
                draft.fail(&column.map.field, Problem::error("field.required", "a row needs a value of the key").on(&column.map.field));
                continue;
            };
            match found.get(&key) {
                Some(Match::One(record)) => draft.record = Some(*record),
                Some(Match::Many) => draft.fail(&column.map.field, problem(column, &import.plan.object.key, &key, true)),
                None => {}
            }
        }
        Ok(())
    }
}

impl Import {
    /// Reads a row's cells.
    fn draft<'r>(&self, row: &'r Row) -> Draft<'r> {
        let mut draft = Draft { row, fields: Vec::new(), problems: Vec::new(), failed: Vec::new(), record: None };
        if row.cells.len() != self.header.len() {
            let detail = format!("the row has {} cells, the header has {}", row.cells.len(), self.header.len());
            draft.problems.push(Problem::error("csv.columns", detail));
            return draft;
        }
        for (place, column) in self.plan.columns.iter().enumerate() {
            let field = column.map.field.clone();
            let target = column.lookup.as_ref().map(|lookup| (lookup, lookup.object.as_str()));
            match (column.read(&row.cells), target) {
                (Cell::Null, _) => draft.fields.push((field, Raw::Value(Value::Null))),
                (Cell::Refused, target) => {
                    let object = target.map_or("record", |(_, object)| object);
                    draft.fail(
                        &field,
                        Problem::error("import.lookup_none", format!("the cell is blank, so no {object} can be found"))
                            .on(&field)
                            .with("value", ""),
                    );
                }
                (Cell::Text(text), None) => draft.fields.push((field, Raw::Text(text))),
                (Cell::Text(text), Some((lookup, object))) => match self.answers.get(place, &lookup.normal(&text)) {
                    Some(Match::One(id)) => draft.fields.push((field, reference(Some(id)))),
                    Some(Match::Many) => draft.fail(&field, problem(column, object, &text, true)),
                    None if self.imagined.get(&place).is_some_and(|made| made.contains(&lookup.normal(&text))) => {}
                    None => draft.fail(&field, problem(column, object, &text, false)),
                },
            }
        }
        draft
    }

    fn change(&self, object: &Object, draft: &Draft<'_>) -> Change {
        let is_null =
            |fields: &[(String, Raw)], key: &str| !fields.iter().any(|(name, raw)| name == key && !matches!(raw, Raw::Value(Value::Null)));
        let mut fields = draft.fields.clone();
        match draft.record {
            None => {
                for (key, value) in self.plan.defaults.iter().filter(|(key, _)| is_null(&draft.fields, key) && !draft.failed.contains(key))
                {
                    fields.retain(|(name, _)| name != key);
                    fields.push((key.clone(), value.clone()));
                }
                if let Some(key) = self.plan.key.filter(|_| self.plan.title_from_key)
                    && let Cell::Text(text) = self.plan.columns[key].read(&draft.row.cells)
                {
                    fields.push((object.title.clone(), Raw::Text(text)));
                }
                Change::Create { object: object.key.clone(), fields }
            }
            Some(id) => {
                // A blank cell whose field got a default when the record was made leaves that alone, or the same file would change it.
                let defaulted = |key: &str| self.plan.columns.iter().any(|column| column.has_default && column.map.field == key);
                fields.retain(|(key, raw)| !(defaulted(key) && matches!(raw, Raw::Value(Value::Null))));
                Change::Update { object: object.key.clone(), id, expect: None, fields }
            }
        }
    }

    fn count(&mut self, draft: &Draft<'_>, unchanged: bool) {
        let again = self.dry_run && !self.imagine(draft.row);
        match draft.record {
            Some(_) if unchanged => self.counts.unchanged += 1,
            Some(_) => self.counts.updated += 1,
            None if again => self.counts.updated += 1,
            None => self.counts.created += 1,
        }
    }

    /// In a dry run the store cannot know that an earlier row of the file has taken a unique value.
    fn compare_with_imagined(&self, draft: &mut Draft<'_>) {
        for (place, column) in self.plan.columns.iter().enumerate().filter(|(place, column)| column.unique && self.plan.key != Some(*place))
        {
            let Cell::Text(text) = column.read(&draft.row.cells) else { continue };
            if self.imagined.get(&place).is_some_and(|made| made.contains(&column.normal(&text))) {
                let field = &column.map.field;
                let problem =
                    Problem::error("field.not_unique", format!("an earlier row has the same {field}")).on(field).with("value", text);
                draft.fail(field, problem);
            }
        }
    }

    /// Remembers what a row would have made; `false` where an earlier row had the same key.
    fn imagine(&mut self, row: &Row) -> bool {
        for (place, source) in self.columns_into_own_object() {
            if let (Cell::Text(text), Some(lookup)) = (self.plan.columns[source].read(&row.cells), &self.plan.columns[place].lookup) {
                let normal = lookup.normal(&text);
                self.imagined.entry(place).or_default().insert(normal);
            }
        }
        for (place, column) in self.plan.columns.iter().enumerate().filter(|(_, column)| column.unique && column.lookup.is_none()) {
            if let Cell::Text(text) = column.read(&row.cells) {
                self.imagined.entry(place).or_default().insert(column.normal(&text));
            }
        }
        match self.key_of(row) {
            // Keys have a set of their own, under a place that no column has.
            Some(key) => self.imagined.entry(usize::MAX).or_default().insert(key),
            None => true,
        }
    }
}

fn options(dry_run: bool, batch: Option<i64>) -> SaveOptions {
    SaveOptions { partial: true, dry_run, batch, ..SaveOptions::default() }
}

impl Draft<'_> {
    fn fail(&mut self, field: &str, problem: Problem) {
        self.fields.retain(|(key, _)| key != field);
        self.failed.push(field.to_owned());
        self.problems.push(problem);
    }
}

/// A refusal that stopped an import half way names what a person can do about it.
impl Import {
    /// The refusal of an import that ended before its file did.
    pub fn stopped(&self, refusal: Refusal) -> Refusal {
        let done = self.counts.rows();
        let mut problems = refusal.problems;
        if let Some(first) = problems.first_mut() {
            first.detail = format!("stopped after {done} of {} rows: {}", self.total, first.detail);
        }
        Refusal { status: refusal.status, problems }
    }
}
