//! The table of a network's layers.

use std::fmt::Write;

/// A layer in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its label.
    pub label: String,
    /// Its kind.
    pub kind: String,
    /// The shape of its output.
    pub output: String,
    /// How many parameters it learns.
    pub parameters: usize,
}

/// The rows under their heads, and the sum.
pub(crate) fn table(name: &str, rows: &[Row]) -> String {
    let wide = |head: &str, of: fn(&Row) -> &str| rows.iter().map(|row| of(row).len()).chain([head.len()]).max().unwrap_or(0);
    let label = wide("layer", |row| &row.label);
    let kind = wide("kind", |row| &row.kind);
    let output = wide("output", |row| &row.output);
    let total: usize = rows.iter().map(|row| row.parameters).sum();
    let number = total.to_string().len().max("parameters".len());
    let mut text = format!("{name}\n");
    let _ = writeln!(text, "{:label$}  {:kind$}  {:output$}  {:>number$}", "layer", "kind", "output", "parameters");
    for row in rows {
        let _ = writeln!(
            text,
            "{:label$}  {:kind$}  {:output$}  {:>number$}",
            row.label, row.kind, row.output, row.parameters
        );
    }
    let width = label + kind + output + 4;
    let _ = writeln!(text, "{:width$}  {total:>number$}", "total");
    text
}
