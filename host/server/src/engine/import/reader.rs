//! Rows of a CSV file, a chunk at a time.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use guanxi_core::Problem;

use super::super::{Outcome, Refusal};
use super::scan::{BOM, Shape, Unreadable, scan};

/// One row of the file.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Where it begins; the header is line 1.
    pub line: u64,
    /// Its cells, as they are.
    pub cells: Vec<String>,
}

/// A file that was looked at as a whole and is now read row by row.
pub(super) struct Reader {
    pub header: Vec<String>,
    pub shape: Shape,
    rows: csv::StringRecordsIntoIter<File>,
    /// Records read so far, the header among them.
    done: u64,
}

impl Reader {
    /// Opens a file. Whatever makes it unreadable as a whole is told here, before any row is read.
    pub(super) fn open(path: &Path) -> Outcome<Self> {
        let unreadable = |error: std::io::Error| Refusal::one("csv.unreadable", format!("{} cannot be read: {error}", path.display()));
        let mut file = File::open(path).map_err(unreadable)?;
        let shape = scan(&mut file).map_err(|error| match error {
            Unreadable::File(error) => unreadable(error),
            Unreadable::Content(problem) => problem.into(),
        })?;
        let start = if shape.bom { BOM.len() as u64 } else { 0 };
        file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(file);
        let header: Vec<String> = reader.headers().map_err(broken)?.iter().map(|name| name.trim().to_owned()).collect();
        let mut problems = Vec::new();
        for (index, name) in header.iter().enumerate() {
            if !name.is_empty() && header[..index].contains(name) {
                problems.push(Problem::error("csv.header", format!("two columns are called {name:?}")).with("value", name.as_str()));
            }
        }
        if problems.is_empty() { Ok(Self { header, shape, rows: reader.into_records(), done: 1 }) } else { Err(problems.into()) }
    }

    /// The next rows, at most `limit`; none at the end.
    pub(super) fn read(&mut self, limit: usize) -> Outcome<Vec<Row>> {
        let mut rows = Vec::new();
        for record in self.rows.by_ref().take(limit) {
            let record = record.map_err(broken)?;
            // The reader's own positions count what it skips before a row to the row.
            let shifted = self.shape.shifts.partition_point(|(first, _)| *first <= self.done);
            let line = self.done + 1 + shifted.checked_sub(1).map_or(0, |place| self.shape.shifts[place].1);
            self.done += 1;
            rows.push(Row { line, cells: record.iter().map(str::to_owned).collect() });
        }
        Ok(rows)
    }
}

/// Only a file that changed while it was read comes here: it was looked at before.
fn broken(error: csv::Error) -> Refusal {
    Refusal::one("csv.unreadable", format!("the file cannot be read on: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn open(text: &[u8]) -> Outcome<Reader> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text).expect("written");
        Reader::open(file.path())
    }

    #[test]
    fn rows_know_their_lines() {
        let mut reader = open(b"\xEF\xBB\xBF name ,b\r\n\r\n\"x\r\ny\",2\r\n\r\n\r\n3\r\n4,5").expect("readable");
        assert_eq!((reader.header.join("|"), reader.shape.rows), ("name|b".to_owned(), 3));
        let rows = reader.read(2).expect("rows");
        assert_eq!(rows.iter().map(|row| (row.line, row.cells.len())).collect::<Vec<_>>(), [(3, 2), (7, 1)]);
        assert_eq!(rows[0].cells[0], "x\r\ny");
        assert_eq!(reader.read(9).expect("rows").iter().map(|row| row.line).collect::<Vec<_>>(), [8]);
        assert!(reader.read(9).expect("the end").is_empty());
    }

    #[test]
    fn files_that_are_refused_as_a_whole() {
        for (text, code) in [(&b"a,a\n1,2\n"[..], "csv.header"), (b"", "csv.empty"), (b"a\n\"", "csv.unclosed_quote")] {
            let Err(refusal) = open(text) else { panic!("{text:?} was read") };
            assert_eq!(refusal.code(), code);
        }
        let Err(refusal) = Reader::open(Path::new("/nowhere/at/all.csv")) else { panic!("nothing was read") };
        assert_eq!(refusal.code(), "csv.unreadable");
    }
}
