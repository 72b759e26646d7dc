//! What is written from the catalogue of layers: `docs/layers.md`.

use std::fs;

use crate::root;

/// What to do with the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Put it into the file.
    Write,
    /// Compare it with the file.
    Check,
}

pub(crate) fn run(mode: Mode) -> Result<(), String> {
    let path = root().join("docs/layers.md");
    let text = layers();
    match mode {
        Mode::Write => fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display())),
        Mode::Check if fs::read_to_string(&path).is_ok_and(|found| found == text) => Ok(()),
        Mode::Check => {
            Err("docs/layers.md is not what the catalogue says; run `cargo xtask generate`".to_owned())
        }
    }
}

/// The table of all layers.
fn layers() -> String {
    let head = "# Layers\n\nWritten by `cargo xtask generate` from the catalogue in `ann-spec`.\n\n";
    format!("{head}{}", ann_spec::table::layers(ann_spec::CATALOGUE))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_of_layers_is_what_the_catalogue_says() {
        super::run(super::Mode::Check).unwrap();
    }
}
