//! Imports: rows of a CSV file through the same save as everything else, a chunk at a time, with an account of every row.
//!
//! The file is looked at as a whole first ([`scan`]); a row that is refused never stops the others.

mod batch;
mod chunk;
mod lookup;
mod map;
mod plan;
mod reader;
mod scan;

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::PathBuf;

use guanxi_core::Problem;
use guanxi_core::policy::Function;
use uuid::Uuid;

pub use map::{ImportMap, MapColumn};

use super::{Ctx, Engine, Outcome, Refusal, SaveOptions, read};
use lookup::{Answers, problem};
use plan::{Cell, Lookup, Plan};
use reader::{Reader, Row};

/// Rows that are looked up, checked and saved together.
const CHUNK: usize = 400;

/// What to import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The object's key.
    pub object: String,
    /// The CSV file.
    pub file: PathBuf,
    /// Without one, headers that are keys of fields go to those fields.
    pub map: Option<ImportMap>,
    /// Everything but the writing.
    pub dry_run: bool,
}

/// How many rows became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// New records.
    pub created: u64,
    /// Changed records.
    pub updated: u64,
    /// Rows that equal their record; nothing was written for them.
    pub unchanged: u64,
    /// Rows with problems.
    pub refused: u64,
}

/// A row that was not imported.
#[derive(Clone, Debug)]
pub struct RefusedRow {
    /// Where it begins in the file.
    pub line: u64,
    /// Its cells as they were.
    pub cells: Vec<String>,
    /// All its problems.
    pub problems: Vec<Problem>,
}

/// An import under way.
pub struct Import {
    ctx: Ctx,
    user: Option<Uuid>,
    plan: Plan,
    key: Option<Lookup>,
    dry_run: bool,
    /// Its number among the batches; none in a dry run.
    batch: Option<i64>,
    header: Vec<String>,
    total: u64,
    reader: Option<Reader>,
    waiting: VecDeque<Row>,
    answers: Answers,
    /// In a dry run nothing is written, so what earlier rows would have made is remembered: keys, and by column what look-ups would find.
    imagined: HashMap<usize, HashSet<String>>,
    counts: ImportCounts,
}

impl ImportCounts {
    /// Rows that were looked at.
    pub fn rows(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.refused
    }
}

impl Import {
    /// The file's header.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Rows in the file.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Headers that go to no field.
    pub fn ignored(&self) -> &[String] {
        &self.plan.ignored
    }

    /// What became of the rows so far.
    pub fn counts(&self) -> ImportCounts {
        self.counts
    }

    /// Whether the object has a visible field of this name.
    pub fn has_field(&self, name: &str) -> bool {
        self.plan.object.field(name).is_some()
    }
}

impl Engine {
    /// Begins an import as the context's actor, who needs the import right. Everything wrong with the file as a whole or with the map is
    /// told here, before anything is written.
    pub async fn begin_import(&self, ctx: &Ctx, request: ImportRequest) -> Outcome<Import> {
        let object = read::object(ctx, &request.object)?;
        read::right(ctx, &object.key, Function::Import)?;
        if object.read_only {
            return Err(Refusal::denied(&format!("{}: import", object.key)));
        }
        let file = request.file;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let object_key = object.key.clone();
        let reader = tokio::task::spawn_blocking(move || Reader::open(&file)).await.map_err(|error| Refusal::internal(&error))??;
        let plan = Plan::new(ctx, object, &reader.header, request.map)?;
        let key = match plan.key.map(|key| &plan.columns[key]) {
            Some(column) => {
                let scope = read::viewable(ctx, &plan.object)?;
                Some(Lookup { object: plan.object.key.clone(), field: column.map.field.clone(), kind: column.kind.clone(), scope })
            }
            None => None,
        };
        let batch = match request.dry_run {
            true => None,
            false => Some(self.begin_import_batch(ctx, &object_key, &name, reader.shape.rows).await?),
        };
        Ok(Import {
            ctx: ctx.clone(),
            user: ctx.actor.user,
            batch,
            plan,
            key,
            dry_run: request.dry_run,
            header: reader.header.clone(),
            total: reader.shape.rows,
            reader: Some(reader),
            waiting: VecDeque::new(),
            answers: Answers::default(),
            imagined: HashMap::new(),
            counts: ImportCounts::default(),
        })
    }

    /// Imports the next rows; those that were refused, or `None` at the end of the file. After an error some rows may have been imported:
    /// the counts say how many.
    pub async fn import_next(&self, import: &mut Import) -> Outcome<Option<Vec<RefusedRow>>> {
        if import.waiting.is_empty() {
            let Some(mut reader) = import.reader.take() else { return Ok(None) };
            let read = move || reader.read(CHUNK).map(|rows| (reader, rows));
            let (reader, rows) = tokio::task::spawn_blocking(read).await.map_err(|error| Refusal::internal(&error))??;
            if rows.is_empty() {
                let (read, total) = (import.counts.rows(), import.total);
                if read < total {
                    let detail = format!("the file changed while it was read: {read} of {total} rows were there");
                    return Err(Refusal::one("csv.unreadable", detail));
                }
                return Ok(None);
            }
            (import.reader, import.waiting) = (Some(reader), rows.into());
            self.refresh(import).await?;
        }
        let rows: Vec<Row> = import.waiting.make_contiguous().to_vec();
        self.look_up(&import.ctx, &import.plan, &rows, &mut import.answers).await?;
        let taken = import.rows_together(&rows);
        import.waiting.drain(..taken);
        let refused = self.import_chunk(import, &rows[..taken]).await?;
        import.answers.forget(&import.plan);
        Ok(Some(refused))
    }

    /// Long imports see new rights, fields and the time as everybody else does.
    async fn refresh(&self, import: &mut Import) -> Outcome<()> {
        let ctx = &mut import.ctx;
        (ctx.snapshot, ctx.now) = (self.snapshot(&ctx.tenant).await?, self.clock.now());
        if let Some(user) = import.user {
            ctx.actor = self.actor(ctx, user, None).await?.ok_or_else(|| Refusal::denied("an active user"))?;
            ctx.bind_actor();
        }
        read::right(ctx, &import.plan.object.key, Function::Import).map(|_| ())
    }
}

impl Import {
    /// How many of the rows can be saved in one go: a row that refers to an earlier one, or repeats its key, has to wait until that is
    /// written.
    fn rows_together(&self, rows: &[Row]) -> usize {
        let own: Vec<(usize, usize)> = self.columns_into_own_object();
        if self.plan.key.is_none() && own.is_empty() {
            return rows.len();
        }
        let mut keys = HashSet::new();
        let mut made: HashMap<usize, HashSet<String>> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            if let Some(key) = self.key_of(row)
                && !keys.insert(key)
            {
                return index.max(1);
            }
            for (place, source) in &own {
                let column = &self.plan.columns[*place];
                let (Cell::Text(text), Some(lookup)) = (column.read(&row.cells), &column.lookup) else { continue };
                let normal = lookup.normal(&text);
                let unknown = self.answers.get(*place, &normal).is_none();
                if unknown && made.get(source).is_some_and(|made| made.contains(&normal)) {
                    return index.max(1);
                }
            }
            for (place, source) in &own {
                if let (Cell::Text(text), Some(lookup)) = (self.plan.columns[*source].read(&row.cells), &self.plan.columns[*place].lookup) {
                    made.entry(*source).or_default().insert(lookup.normal(&text));
                }
            }
        }
        rows.len()
    }

    /// Look-up columns that look into the imported object itself, each with the column that fills the field they look at.
    fn columns_into_own_object(&self) -> Vec<(usize, usize)> {
        let columns = &self.plan.columns;
        let into_own = columns.iter().enumerate().filter_map(|(place, column)| Some((place, column.lookup.as_ref()?)));
        into_own
            .filter(|(_, lookup)| lookup.object == self.plan.object.key)
            .filter_map(|(place, lookup)| Some((place, columns.iter().position(|column| column.map.field == lookup.field)?)))
            .collect()
    }

    /// The row's key as the store compares it.
    fn key_of(&self, row: &Row) -> Option<String> {
        let column = &self.plan.columns[self.plan.key?];
        match column.read(&row.cells) {
            Cell::Text(text) => Some(column.normal(&text)),
            Cell::Null | Cell::Refused => None,
        }
    }
}
