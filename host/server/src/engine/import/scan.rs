//! A first look at the whole file, before anything is written: what cannot be read as a whole must not be done by half.
//!
//! Finds other encodings and quotes that never close, and counts the rows. Cells are read later, by the csv crate.

use std::io::{self, Read};

use guanxi_core::Problem;

/// Read at once.
const BLOCK: usize = 256 * 1024;
/// What some programs write before UTF-8.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What a file looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Rows under the header.
    pub rows: u64,
    /// It begins with a byte order mark.
    pub bom: bool,
    /// Records that do not begin on the line of their number, because of blank lines and cells of several lines before them: from the
    /// record (the header is 0) on, so many lines later.
    pub shifts: Vec<(u64, u64)>,
}

/// Why a file cannot be imported at all.
#[derive(Debug)]
pub(super) enum Unreadable {
    File(io::Error),
    Content(Problem),
}

#[derive(Clone, Copy)]
enum At {
    /// The first byte of a cell; `true`: of a row.
    CellStart(bool),
    Plain,
    /// Inside quotes that opened on this line.
    Quoted(u64),
    /// Behind a quote inside quotes: it closed the cell, or the next quote makes it a quote.
    AfterQuote(u64),
}

/// Looks at a whole file.
pub(super) fn scan(mut file: impl Read) -> Result<Shape, Unreadable> {
    let mut scanner = Scanner { shape: Shape::default(), at: At::CellStart(true), line: 1, after_return: false, records: 0 };
    let mut block = vec![0_u8; BLOCK];
    let (mut kept, mut first) = (0, true);
    loop {
        let read = file.read(&mut block[kept..]).map_err(Unreadable::File)?;
        let end = kept + read;
        if first && end < BOM.len() && read > 0 {
            kept = end;
            continue;
        }
        let start = if first && block[..end].starts_with(BOM) { BOM.len() } else { 0 };
        scanner.shape.bom |= start > 0;
        first = false;
        let valid = match std::str::from_utf8(&block[start..end]) {
            Ok(_) => end,
            // A character may be cut by the end of the block, but not by the end of the file.
            Err(error) if error.error_len().is_none() && read > 0 => start + error.valid_up_to(),
            Err(error) => {
                scanner.take(&block[start..start + error.valid_up_to()])?;
                return Err(scanner.other_encoding());
            }
        };
        scanner.take(&block[start..valid])?;
        block.copy_within(valid..end, 0);
        kept = end - valid;
        if read == 0 {
            return scanner.finish();
        }
    }
}

struct Scanner {
    shape: Shape,
    at: At,
    line: u64,
    after_return: bool,
    records: u64,
}

impl Scanner {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        for &byte in bytes {
            if byte == 0 {
                return Err(self.other_encoding());
            }
            if matches!(self.at, At::CellStart(true)) && !matches!(byte, b'\r' | b'\n') {
                self.begin_record();
            }
            self.at = match (self.at, byte) {
                (At::Quoted(line), b'"') => At::AfterQuote(line),
                (At::Quoted(line), _) => At::Quoted(line),
                (At::AfterQuote(line), b'"') => At::Quoted(line),
                (At::CellStart(_), b'"') => At::Quoted(self.line),
                (_, b',') => At::CellStart(false),
                (At::CellStart(true), b'\r' | b'\n') => At::CellStart(true),
                (_, b'\r' | b'\n') => {
                    self.records += 1;
                    At::CellStart(true)
                }
                (At::AfterQuote(line), _) => return Err(unclosed(line)),
                _ => At::Plain,
            };
            self.line += u64::from(byte == b'\r' || (byte == b'\n' && !self.after_return));
            self.after_return = byte == b'\r';
        }
        Ok(())
    }

    fn begin_record(&mut self) {
        let shift = self.line - 1 - self.records;
        if self.shape.shifts.last().map_or(0, |(_, known)| *known) != shift {
            self.shape.shifts.push((self.records, shift));
        }
    }

    fn finish(mut self) -> Result<Shape, Unreadable> {
        match self.at {
            At::Quoted(line) => return Err(unclosed(line)),
            At::CellStart(true) => {}
            _ => self.records += 1,
        }
        if self.records == 0 {
            return Err(Unreadable::Content(Problem::error("csv.empty", "the file is empty; its first line names the columns")));
        }
        self.shape.rows = self.records - 1;
        Ok(self.shape)
    }

    fn other_encoding(&self) -> Unreadable {
        let line = i64::try_from(self.line).unwrap_or(i64::MAX);
        Unreadable::Content(Problem::error("csv.encoding", format!("line {line} is not UTF-8")).with("line", line))
    }
}

fn unclosed(line: u64) -> Unreadable {
    let line = i64::try_from(line).unwrap_or(i64::MAX);
    Unreadable::Content(
        Problem::error("csv.unclosed_quote", format!("the quote that opens on line {line} does not close its cell")).with("line", line),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time, so that every cut between blocks is tried.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            (buffer[0], self.0) = (*first, rest);
            Ok(1)
        }
    }

    fn check(bytes: &[u8]) -> Result<Shape, (String, String)> {
        let whole = scan(bytes);
        let drops = scan(Drops(bytes));
        let flat = |result: Result<Shape, Unreadable>| {
            result.map_err(|error| match error {
                Unreadable::Content(problem) => (problem.code, problem.detail),
                Unreadable::File(error) => ("file".into(), error.to_string()),
            })
        };
        let (whole, drops) = (flat(whole), flat(drops));
        assert_eq!(whole, drops, "the same in blocks of any size");
        whole
    }

    #[test]
    fn rows_are_counted() {
        for (text, rows, shifts) in [
            ("a,b\n1,2\n3,4", 2, vec![]),
            ("a,b\r\n1,2\r\n3,4\r\n", 2, vec![]),
            ("a\n\"x\ny\"\n\n2\n3\n", 3, vec![(2, 2)]),
            ("a\r\n\r\n1\r\n", 1, vec![(1, 1)]),
            ("\ra\r1\r", 1, vec![(0, 1)]),
            ("名称\n江苏\"a\n\"\"\"b\"\"\"\n", 2, vec![]),
            ("a", 0, vec![]),
        ] {
            let shape = check(text.as_bytes()).expect(text);
            assert_eq!((shape.rows, shape.shifts, shape.bom), (rows, shifts, false), "{text:?}");
        }
        let shape = check(b"\xEF\xBB\xBFa\n1\n").expect("with a byte order mark");
        assert!(shape.bom && shape.rows == 1);
    }

    #[test]
    fn what_cannot_be_read() {
        for (bytes, code, line) in [
            (&b"a,b\n1,\"2\n3,4\n"[..], "csv.unclosed_quote", "line 2"),
            (b"a,b\n1,\"2\n3,\"4\n", "csv.unclosed_quote", "line 2"),
            (b"a\n\"x\" y\n", "csv.unclosed_quote", "line 2"),
            (b"a\nb\n\xC4\xE3\xBA\xC3\n", "csv.encoding", "line 3"),
            (b"\xFF\xFEa\x00\n\x00", "csv.encoding", "line 1"),
            (b"a\x00\n", "csv.encoding", "line 1"),
            (b"a\n\xE6\xB1", "csv.encoding", "line 2"),
            (b"", "csv.empty", "first line"),
            (b"\n\n", "csv.empty", "first line"),
        ] {
            let (found, detail) = check(bytes).expect_err("unreadable");
            assert!(found == code && detail.contains(line), "{bytes:?}: {found} {detail}");
        }
    }
}
