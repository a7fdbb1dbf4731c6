//! The search as part of a filter: the records whose entries hold the words.

use guanxi_core::expr::FieldPath;
use guanxi_core::search::{Asked, Wanted, searched, tag};
use sea_query::{Expr, ExprTrait, Query};

use super::{asked, index_table, numbers_table};
use crate::StoreError;
use crate::column::field_of;
use crate::db::Dialect;
use crate::name::SqlName;
use crate::planner::{Planner, column, never, object_of, template};

/// What fields of one record must hold together: each word by one of them.
pub(super) fn wanted_in(question: &Asked, fields: &[(guanxi_core::search::Family, String)]) -> Wanted {
    let any = |word: &guanxi_core::search::Word| Wanted::Any(fields.iter().map(|(family, tag)| word.wanted(*family).tagged(tag)).collect());
    let all = Wanted::All(question.words().iter().map(any).collect());
    match question.number() {
        Some(number) => Wanted::Any(vec![all, any(number)]),
        None => all,
    }
}

/// "The entry answers": a condition on the index table.
pub(super) fn entry_answers(dialect: Dialect, wanted: &Wanted) -> Expr {
    let text = Expr::val(asked(dialect, &wanted.tagged("")));
    match dialect {
        Dialect::Sqlite => template(dialect, "gx_search MATCH $1", &[text]),
        Dialect::Postgres => template(dialect, "tokens @@ CAST($1 AS tsquery)", &[text]),
    }
}

impl Planner<'_> {
    /// These fields of one record together hold all words of the question. They must belong to one record, and be in the index.
    pub(crate) fn found_by_words(&mut self, fields: &[FieldPath], question: &str) -> Result<Expr, StoreError> {
        let Some(question) = Asked::new(question) else { return Ok(never()) };
        let mut alias = None;
        let mut places = Vec::with_capacity(fields.len());
        for path in fields {
            let (here, field) = self.resolve(path)?;
            if alias.get_or_insert_with(|| here.clone()) != &here {
                return Err(StoreError::Unsupported("words in fields of several records".into()));
            }
            let object = object_of(self.schema, &path.object)?;
            let Some(family) = searched(field_of(&object, &field.key)?) else {
                return Err(StoreError::Unsupported(format!("words in `{}`, which is not in the search", path.text())));
            };
            places.push((family, tag(&object, &field)));
        }
        let wanted = wanted_in(&question, &places);
        let Some(alias) = alias.filter(|_| !wanted.is_never()) else { return Ok(never()) };
        let mut entries = Query::select();
        let answers = entry_answers(self.dialect(), &wanted);
        match self.dialect() {
            Dialect::Postgres => {
                entries.column("record").from(self.table(&index_table())).and_where(answers);
            }
            Dialect::Sqlite => {
                let mut numbers = Query::select();
                numbers.column("rowid").from(self.table(&index_table())).and_where(answers);
                entries.column("record").from(self.table(&numbers_table())).and_where(Expr::col("id").in_subquery(numbers));
            }
        }
        Ok(column(&alias, &SqlName::fixed("id")).in_subquery(entries))
    }
}
