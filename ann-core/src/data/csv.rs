//! [`Csv`]: tables of text with a header, as datasets.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ::csv::{ReaderBuilder, StringRecord, Trim};
use ann_autodiff::{STEPS, Shaped};

use super::dataset::{Class, Values};
use super::examples::Examples;
use super::memory::InMemory;
use crate::{Error, Result};
use ann_spec::nearest;

/// A table from a file of comma-separated values: a header with the columns' names, then a line for each example.
///
/// Spaces around a field do not count, fields in double quotes may hold commas and line breaks, empty lines are skipped.
/// What is wrong is refused with its line and column.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::data::{Csv, Dataset};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("flowers.csv");
/// std::fs::write(&path, "length,width,species\n5.1,3.5,setosa\n6.3,2.9,virginica\n4.9,3.0,setosa\n")?;
/// let table = Csv::open(&path)?;
///
/// // Numbers for targets: regression.
/// let widths = table.examples::<Rank1<1>, Rank1<1>>(&["length"], &["width"])?;
/// assert_eq!(widths.targets.as_slice(), [3.5, 2.9, 3.0]);
///
/// // One of two classes, by their names.
/// let species = table.named_classes::<Rank1<2>, 2>(&["length", "width"], "species", &["setosa", "virginica"])?;
/// assert_eq!(species.targets.as_slice(), [0, 1, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    path: PathBuf,
    header: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    /// Counted from 1, the header among them.
    line: u64,
    fields: StringRecord,
}

impl Csv {
    /// Reads a file of comma-separated values.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_separated(path, b',')
    }

    /// Reads a file whose values are separated by another character, `b';'` or `b'\t'`.
    pub fn open_separated(path: impl AsRef<Path>, separator: u8) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(Error::io("read", path))?;
        Self::read(path, file, separator)
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.header
    }

    /// How many lines there are beside the header.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none; a file without any is refused, so: never.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The columns of these names as inputs, others as the values that belong to them.
    pub fn examples<I: Shaped, O: Shaped>(
        &self,
        inputs: &[&str],
        targets: &[&str],
    ) -> Result<InMemory<I, Values<O>, f64>> {
        InMemory::values(self.numbers(inputs)?, self.numbers(targets)?)
    }

    /// The columns of these names as inputs, another one as the number of the class, from 0.
    pub fn classes<I: Shaped, const N: usize>(
        &self,
        inputs: &[&str],
        class: &str,
    ) -> Result<InMemory<I, Class<N>, f64>> {
        let column = self.column(class)?;
        let label = |row: &Row| {
            let field = self.field(row, column, "the number of a class")?;
            // As a number with a point too: tools that know missing values write whole numbers like this.
            let Ok(number) = field.parse::<f64>() else {
                return Err(self.error(row, column, "the number of a class", &format!("`{field}`")));
            };
            let is_class = number.fract() == 0.0 && (0.0..N as f64).contains(&number);
            if is_class { Ok(number as usize) } else { Err(self.label(row, column, field, N)) }
        };
        let labels = self.rows.iter().map(label).collect::<Result<Vec<_>>>()?;
        InMemory::classes(self.numbers(inputs)?, &labels)
    }

    /// The columns of these names as inputs, another one as the name of the class; the first of `names` is class 0.
    pub fn named_classes<I: Shaped, const N: usize>(
        &self,
        inputs: &[&str],
        class: &str,
        names: &[&str; N],
    ) -> Result<InMemory<I, Class<N>, f64>> {
        let column = self.column(class)?;
        if let Some(twice) = (1..N).find(|number| names[..*number].contains(&names[*number])) {
            return Err(Error::shape(
                "the names of classes",
                "names that differ",
                format!("`{}` twice", names[twice]),
            ));
        }
        let label = |row: &Row| {
            let field = self.field(row, column, "the name of a class")?;
            names.iter().position(|name| *name == field).ok_or_else(|| {
                let near = nearest(field, names.iter().copied());
                let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                self.error(row, column, &format!("one of {}", names.join(", ")), &format!("`{field}`{near}"))
            })
        };
        let labels = self.rows.iter().map(label).collect::<Result<Vec<_>>>()?;
        InMemory::classes(self.numbers(inputs)?, &labels)
    }

    /// The texts that occur in a column, each once, in alphabetical order.
    pub fn names(&self, column: &str) -> Result<Vec<String>> {
        let column = self.column(column)?;
        let texts = self.rows.iter().map(|row| self.field(row, column, "a text").map(str::to_owned));
        let mut texts = texts.collect::<Result<Vec<_>>>()?;
        texts.sort_unstable();
        texts.dedup();
        Ok(texts)
    }

    /// The columns of these names as inputs alone, as a network predicts from them.
    pub fn numbers<S: Shaped>(&self, names: &[&str]) -> Result<Examples<S, f64>> {
        let columns = names.iter().map(|name| self.column(name)).collect::<Result<Vec<_>>>()?;
        let dims = S::DIMS
            .filter(|dims| !dims.contains(&STEPS))
            .map_or_else(|| vec![columns.len()], <[usize]>::to_vec);
        let width: usize = dims.iter().product();
        if columns.len() != width {
            let what = format!("columns of {} for an example of {dims:?}", self.path.display());
            let found = format!("{} ({})", names.len(), names.join(", "));
            return Err(Error::shape(what, width, found));
        }
        let mut values = Vec::with_capacity(self.rows.len() * width);
        for row in &self.rows {
            for column in &columns {
                values.push(self.number(row, *column)?);
            }
        }
        Examples::from_vec_with_dims(values, &dims)
    }

    fn read(path: &Path, mut source: impl Read, separator: u8) -> Result<Self> {
        let mut text = Vec::new();
        source.read_to_end(&mut text).map_err(Error::io("read", path))?;
        check_quotes(path, &text, separator)?;
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            // Rows of another length are looked at here, to name the column that is missing.
            .flexible(true)
            .trim(Trim::All)
            .delimiter(separator)
            .from_reader(&text[..]);
        let mut table = Self { path: path.to_path_buf(), header: Vec::new(), rows: Vec::new() };
        for record in reader.records() {
            let fields = record.map_err(|error| unreadable(path, &text, &error))?;
            let row = Row { line: line(&text, fields.position()), fields };
            if table.header.is_empty() {
                table.read_header(&row)?;
            } else {
                table.check_length(&row)?;
                table.rows.push(row);
            }
        }
        if table.rows.is_empty() {
            return Err(Error::Empty { what: path.display().to_string() });
        }
        Ok(table)
    }

    fn read_header(&mut self, row: &Row) -> Result<()> {
        // A byte-order mark, as spreadsheets write it, is no part of the first name.
        let name = |field: &str| field.trim_start_matches('\u{feff}').trim().to_owned();
        self.header = row.fields.iter().map(name).collect();
        let fault = |expected: &str, found: String| self.whole_line(row, expected, found);
        if self.header.iter().all(|name| name.parse::<f64>().is_ok()) {
            return Err(fault(
                "the names of the columns",
                format!("numbers only: {}", self.header.join(", ")),
            ));
        }
        for (number, name) in self.header.iter().enumerate() {
            if name.is_empty() {
                return Err(fault("a name for each column", format!("none for column {}", number + 1)));
            }
            if self.header[..number].contains(name) {
                return Err(fault("names that differ", format!("`{name}` twice")));
            }
        }
        Ok(())
    }

    fn check_length(&self, row: &Row) -> Result<()> {
        let (expected, found) = (self.header.len(), row.fields.len());
        if expected == found {
            return Ok(());
        }
        // What is missing has a name, what is too much has none.
        let column = self.header.get(found).cloned().unwrap_or_default();
        Err(Error::Csv {
            path: self.path.clone(),
            line: row.line,
            column,
            expected: format!("{expected} fields, as the header has"),
            found: found.to_string(),
        })
    }

    fn column(&self, name: &str) -> Result<usize> {
        self.header.iter().position(|column| column == name).ok_or_else(|| Error::Column {
            path: self.path.clone(),
            column: name.to_owned(),
            known: self.header.clone(),
            near: nearest(name, self.header.iter().map(String::as_str)).map(str::to_owned),
        })
    }

    /// A field that is there.
    fn field<'a>(&self, row: &'a Row, column: usize, expected: &str) -> Result<&'a str> {
        row.fields
            .get(column)
            .filter(|field| !field.is_empty())
            .ok_or_else(|| self.error(row, column, expected, "an empty field"))
    }

    fn number(&self, row: &Row, column: usize) -> Result<f64> {
        let field = self.field(row, column, "a number")?;
        let number = field.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.error(row, column, "a finite number", &format!("`{field}`")))
    }

    fn label(&self, row: &Row, column: usize, field: &str, classes: usize) -> Error {
        let place = format!("{}, line {}, column `{}`", self.path.display(), row.line, self.header[column]);
        Error::Label { place, found: field.to_owned(), classes }
    }

    fn error(&self, row: &Row, column: usize, expected: &str, found: &str) -> Error {
        let (path, column) = (self.path.clone(), self.header[column].clone());
        Error::Csv { path, line: row.line, column, expected: expected.to_owned(), found: found.to_owned() }
    }

    fn whole_line(&self, row: &Row, expected: &str, found: String) -> Error {
        let (path, column) = (self.path.clone(), String::new());
        Error::Csv { path, line: row.line, column, expected: expected.to_owned(), found }
    }
}

/// Refuses quotes that the parser would make the best of: one that is never closed, which swallows all lines behind it, and text
/// behind a closing one.
fn check_quotes(path: &Path, text: &[u8], separator: u8) -> Result<()> {
    /// Where in a field the next byte lies.
    enum At {
        Start,
        Plain,
        Quoted,
        Behind,
    }
    let fault = |line: u64, expected: &str, found: &str| {
        let (expected, found) = (expected.to_owned(), found.to_owned());
        Error::Csv { path: path.to_path_buf(), line, column: String::new(), expected, found }
    };
    let (mut at, mut line, mut opened) = (At::Start, 1, 1);
    for byte in text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text) {
        let ends = *byte == separator || matches!(byte, b'\n' | b'\r');
        at = match at {
            At::Start if *byte == b'"' => {
                opened = line;
                At::Quoted
            }
            // Two quotes in a quoted field are one: the field seems to end and begins anew.
            At::Quoted if *byte == b'"' => At::Behind,
            At::Behind if *byte == b'"' => At::Quoted,
            At::Quoted => At::Quoted,
            At::Start | At::Plain | At::Behind if ends => At::Start,
            At::Behind if byte.is_ascii_whitespace() => At::Behind,
            At::Behind => {
                let found = format!("`{}` behind a closing quote", byte.escape_ascii());
                return Err(fault(line, "a separator or the end of the line", &found));
            }
            At::Start | At::Plain => At::Plain,
        };
        line += u64::from(*byte == b'\n');
    }
    match at {
        At::Quoted => Err(fault(opened, "a closing quote", "none in all lines behind")),
        _ => Ok(()),
    }
}

/// The line in which a record begins. The position that the parser gives is before the empty lines that it skips.
fn line(text: &[u8], position: Option<&::csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let rest = text.get(position.byte() as usize..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n');
    position.line() + skipped.count() as u64
}

fn unreadable(path: &Path, text: &[u8], error: &::csv::Error) -> Error {
    let (path, line) = (path.to_path_buf(), line(text, error.position()));
    let (column, found) = (String::new(), error.to_string());
    match error.kind() {
        ::csv::ErrorKind::Utf8 { .. } => {
            Error::Csv { path, line, column, expected: "text in UTF-8".into(), found }
        }
        _ => Error::Csv { path, line, column, expected: "fields of text".into(), found },
    }
}

#[cfg(test)]
mod tests {
    use ann_autodiff::{Dyn, Rank1, Rank2};
    use proptest::prelude::*;

    use super::super::Dataset;
    use super::*;

    fn table(text: &str) -> Result<Csv> {
        Csv::read(Path::new("some.csv"), text.as_bytes(), b',')
    }

    fn refusal(text: &str) -> String {
        let table = match table(text) {
            Ok(table) => table,
            Err(error) => return error.to_string(),
        };
        table.examples::<Rank1<2>, Rank1<1>>(&["a", "b"], &["y"]).unwrap_err().to_string()
    }

    #[test]
    fn columns_are_found_by_name() {
        let table = table("y, b ,a\n1,2,3\n\n4,\"5\",-6e1\n").unwrap();
        let data = table.examples::<Rank1<2>, Rank1<1>>(&["a", "b"], &["y"]).unwrap();
        assert_eq!(data.inputs.as_slice(), [3.0, 2.0, -60.0, 5.0]);
        assert_eq!(data.targets.as_slice(), [1.0, 4.0]);
        assert_eq!(table.numbers::<Rank2<1, 2>>(&["a", "b"]).unwrap().dims(), [1, 2]);
        assert_eq!(table.numbers::<Dyn>(&["a", "b", "y"]).unwrap().dims(), [3]);
    }

    #[test]
    fn each_fault_is_named_by_line_and_column() {
        for (text, message) in [
            ("a,b,y\n1,2,3\n1,,3\n", "some.csv, line 3, column `b`: expected a number, found an empty field"),
            (
                "a,b,y\n1,2,3\n1,two,3\n",
                "some.csv, line 3, column `b`: expected a finite number, found `two`",
            ),
            ("a,b,y\n1,2,NaN\n", "some.csv, line 2, column `y`: expected a finite number, found `NaN`"),
            ("a,b,y\n1e999,2,3\n", "some.csv, line 2, column `a`: expected a finite number, found `1e999`"),
            ("a,b,y\n-inf,2,3\n", "some.csv, line 2, column `a`: expected a finite number, found `-inf`"),
            ("a,b,y\n\n1,2\n", "some.csv, line 3, column `y`: expected 3 fields, as the header has, found 2"),
            (
                "a,b,y\r\n\r\n1,2,3\r\n\r\n\r\n1,2,x\r\n",
                "some.csv, line 6, column `y`: expected a finite number, found `x`",
            ),
            ("a,b,y\n1,2,3,4\n", "some.csv, line 2: expected 3 fields, as the header has, found 4"),
            ("a,b,b\n1,2,3\n", "some.csv, line 1: expected names that differ, found `b` twice"),
            ("a,,b\n1,2,3\n", "some.csv, line 1: expected a name for each column, found none for column 2"),
            (
                "1,2,3\n4,5,6\n",
                "some.csv, line 1: expected the names of the columns, found numbers only: 1, 2, 3",
            ),
            ("", "some.csv holds no examples; at least one is needed"),
            ("a,b,y\n", "some.csv holds no examples; at least one is needed"),
            (
                "a,b,y\n1,2,3\n1,2,\"3\n4,5,6\n7,8,9\n",
                "some.csv, line 3: expected a closing quote, found none in all lines behind",
            ),
            (
                "a,b,y\n1,2,3\n\"1\"2,3,4\n",
                "some.csv, line 3: expected a separator or the end of the line, found `2` behind a closing quote",
            ),
            ("a,B_,y\n1,2,3\n", "some.csv has no column `b`; it has a, B_, y; did you mean `B_`?"),
        ] {
            assert_eq!(refusal(text), message, "{text:?}");
        }
    }

    #[test]
    fn quotes_that_belong_to_a_field_are_read() {
        let table =
            table("\u{feff}\"a\",b\n\"say \"\"1\"\"\" ,2\n\"\",3\n\"x,\ny\",4\n5\" wide,5\r\n").unwrap();
        assert_eq!(table.names("b").unwrap(), ["2", "3", "4", "5"]);
        let fields: Vec<&str> = table.rows.iter().map(|row| &row.fields[0]).collect();
        assert_eq!(fields, ["say \"1\"", "", "x,\ny", "5\" wide"]);
    }

    #[test]
    fn lines_are_counted_through_fields_with_line_breaks() {
        let text = "a,b,y\n1,2,3\n\"1\n\",2,3\n1,x,3\n";
        assert_eq!(refusal(text), "some.csv, line 5, column `b`: expected a finite number, found `x`");
    }

    #[test]
    fn as_many_columns_as_the_shape_has_numbers() {
        let table = table("a,b\n1,2\n").unwrap();
        let error = table.numbers::<Rank1<3>>(&["a", "b"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "columns of some.csv for an example of [3]: expected 3, found 2 (a, b)"
        );
    }

    #[test]
    fn classes_by_number_or_by_name() {
        let numbered = table("a,kind\n1,0\n2,2.0\n").unwrap();
        assert_eq!(numbered.classes::<Rank1<1>, 3>(&["a"], "kind").unwrap().targets.as_slice(), [0, 2]);
        let error = numbered.classes::<Rank1<1>, 2>(&["a"], "kind").unwrap_err();
        let expected = "some.csv, line 3, column `kind`: label 2.0 is not one of the 2 classes (0 to 1)";
        assert_eq!(error.to_string(), expected);
        for label in ["-1", "0.5"] {
            let error =
                table(&format!("a,kind\n1,{label}\n")).unwrap().classes::<Rank1<1>, 2>(&["a"], "kind");
            assert!(matches!(error, Err(Error::Label { .. })), "{label}");
        }
        let named = table("a,kind\n1,cat\n2,dog\n").unwrap();
        assert_eq!(named.names("kind").unwrap(), ["cat", "dog"]);
        let data = named.named_classes::<Rank1<1>, 2>(&["a"], "kind", &["dog", "cat"]).unwrap();
        assert_eq!((data.targets.as_slice(), data.targets.classes()), (&[1, 0][..], 2));
        let error = named.named_classes::<Rank1<1>, 2>(&["a"], "kind", &["dogs", "cat"]).unwrap_err();
        let expected =
            "some.csv, line 3, column `kind`: expected one of dogs, cat, found `dog`; did you mean `dogs`?";
        assert_eq!(error.to_string(), expected);
        let error = named.classes::<Rank1<1>, 2>(&["a"], "kind").unwrap_err();
        assert!(error.to_string().ends_with("expected the number of a class, found `cat`"), "{error}");
    }

    #[test]
    fn marks_separators_and_bytes_that_are_no_text() {
        let bytes = "\u{feff}a;y\n1;2\n".as_bytes();
        let table = Csv::read(Path::new("some.csv"), bytes, b';').unwrap();
        assert_eq!(table.columns(), ["a", "y"]);
        let error = Csv::read(Path::new("some.csv"), &b"a,y\n1,2\n\xff\xfe,2\n"[..], b',').unwrap_err();
        assert!(error.to_string().starts_with("some.csv, line 3: expected text in UTF-8, found "), "{error}");
        let error = Csv::open("no/such.csv").unwrap_err();
        assert!(error.to_string().starts_with("cannot read no/such.csv: "), "{error}");
    }

    #[test]
    fn the_committed_table_has_768_buildings() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/energy/energy_efficiency.csv");
        let table = Csv::open(path).unwrap();
        let inputs = ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8"];
        let data = table.examples::<Rank1<8>, Rank1<2>>(&inputs, &["Y1", "Y2"]).unwrap();
        assert_eq!((data.len(), data.targets.row(0)), (768, Some(&[15.55, 21.33][..])));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec((any::<f64>(), any::<f32>()), 1..20)) {
            let rows: Vec<_> = rows.into_iter().filter(|(a, b)| a.is_finite() && b.is_finite()).collect();
            prop_assume!(!rows.is_empty());
            let lines: Vec<_> = rows.iter().map(|(a, b)| format!("{a:e},{b}")).collect();
            let read = table(&format!("a,b\n{}\n", lines.join("\n"))).unwrap().numbers::<Rank1<1>>(&["a"]).unwrap();
            prop_assert!(read.as_slice().iter().zip(&rows).all(|(x, (a, _))| x == a));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[a,b\"\n0-9. ]{0,40}") {
            if let Ok(table) = table(&text) {
                let _ = table.numbers::<Dyn>(&["a"]);
                let _ = table.classes::<Dyn, 2>(&["a"], "b");
            }
        }
    }
}
