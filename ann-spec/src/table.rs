//! The text of tables: the section in a network's documentation, the summary of a network at run time.

use std::fmt::Write;

use crate::doc::{DefaultValue, Doc, Parameter};

/// A layer in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its label.
    pub label: String,
    /// Its kind.
    pub kind: String,
    /// The shape of its output.
    pub output: String,
    /// How many numbers it learns; `None` where that is not known yet.
    pub parameters: Option<usize>,
}

const HEADS: [&str; 4] = ["layer", "kind", "output", "parameters"];

/// A number with its digits in groups: `431_080`.
///
/// ```
/// assert_eq!(ann_spec::table::grouped(431_080), "431_080");
/// assert_eq!(ann_spec::table::grouped(12), "12");
/// ```
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// The table for documentation, in Markdown, with the sum if all counts are known.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = format!("| {} |\n|---|---|---|---:|\n", HEADS.join(" | "));
    for row in rows {
        // Brackets would be read as links.
        let Row { label, kind, output, .. } = row;
        let _ = writeln!(text, "| `{label}` | `{kind}` | `{output}` | {} |", count(row));
    }
    if let Some(total) = total(rows) {
        let _ = writeln!(text, "| | | total | {} |", grouped(total));
    }
    text
}

/// The table for a terminal, under a title, with the sum if all counts are known.
pub fn plain(title: &str, rows: &[Row]) -> String {
    let cells = |row: &Row| [row.label.clone(), row.kind.clone(), row.output.clone(), count(row)];
    let mut lines = vec![HEADS.map(String::from)];
    lines.extend(rows.iter().map(cells));
    if let Some(total) = total(rows) {
        lines.push([String::new(), String::new(), "total".into(), grouped(total)]);
    }
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let [label, kind, output, parameters] = [wide(0), wide(1), wide(2), wide(3)];
    let mut text = format!("{title}\n");
    for [a, b, c, d] in &lines {
        let _ = writeln!(text, "  {a:label$}  {b:kind$}  {c:output$}  {d:>parameters$}");
    }
    text
}

/// The table of all layers and their arguments, in Markdown.
pub fn layers(catalogue: &[Doc]) -> String {
    let mut text = String::from("| layer | from -> to | what it does | arguments |\n|---|---|---|---|\n");
    for doc in catalogue {
        let named = doc.arguments.iter().filter(|parameter| !parameter.positional);
        let arguments: Vec<String> = named
            .map(|Parameter { name, default, .. }| match default {
                DefaultValue::Is(value) => format!("`{name} = {value}`"),
                DefaultValue::Required | DefaultValue::Without => format!("`{name}`"),
            })
            .collect();
        let (call, from, to, arguments) = (doc.call(), doc.from, doc.to, arguments.join(", "));
        let _ = writeln!(text, "| `{call}` | `{from}` -> `{to}` | {} | {arguments} |", doc.line);
    }
    text
}

fn count(row: &Row) -> String {
    row.parameters.map_or("?".into(), grouped)
}

fn total(rows: &[Row]) -> Option<usize> {
    rows.iter().try_fold(0usize, |sum, row| sum.checked_add(row.parameters?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> [Row; 2] {
        let row = |label: &str, kind: &str, output: &str, parameters| Row {
            label: label.into(),
            kind: kind.into(),
            output: output.into(),
            parameters: Some(parameters),
        };
        [row("conv1", "Conv2d", "[20, 24, 24]", 520), row("fc1", "Dense", "[500]", 400_500)]
    }

    #[test]
    fn columns_stand_under_their_heads() {
        let expected = "\
LeNet
  layer  kind    output        parameters
  conv1  Conv2d  [20, 24, 24]         520
  fc1    Dense   [500]            400_500
                 total            401_020
";
        assert_eq!(plain("LeNet", &rows()), expected);
    }

    #[test]
    fn markdown_has_the_same_rows() {
        let expected = "\
| layer | kind | output | parameters |
|---|---|---|---:|
| `conv1` | `Conv2d` | `[20, 24, 24]` | 520 |
| `fc1` | `Dense` | `[500]` | 400_500 |
| | | total | 401_020 |
";
        assert_eq!(markdown(&rows()), expected);
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_left_out() {
        let mut rows = rows();
        rows[0].parameters = None;
        assert!(!plain("LeNet", &rows).contains("total"));
        assert!(plain("LeNet", &rows).contains("[20, 24, 24]           ?"));
    }

    #[test]
    fn the_table_of_layers_names_positional_arguments_in_the_call() {
        let table = layers(crate::CATALOGUE);
        assert!(table.contains("| `Slice(from, to)` | `[n, ..]` -> `[to - from, ..]` |"), "{table}");
    }
}
