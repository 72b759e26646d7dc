//! The text of tables: the section in a network's documentation, the summary of a network at run time.

use std::fmt::Write;

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

fn count(row: &Row) -> String {
    row.parameters.map_or("?".into(), grouped)
}

fn total(rows: &[Row]) -> Option<usize> {
    rows.iter().try_fold(0usize, |sum, row| sum.checked_add(row.parameters?))
}
