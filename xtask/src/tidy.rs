//! What the compiler does not see: which crate may use which, where `unsafe` may stand, files that nobody lists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Which crates of the workspace a crate may use, tests aside.
const EDGES: &[(&str, &[&str])] = &[
    (".", &["ann-core", "ann-macros"]),
    ("ann-zoo", &["ann"]),
    ("ann-core", &["ann-autodiff", "ann-spec"]),
    ("ann-autodiff", &["ann-spec"]),
    ("ann-macros", &["ann-spec"]),
    ("ann-spec", &[]),
];

/// The longest file, tests aside.
const LINES: usize = 400;

/// Checks all rules and lists every offence.
pub(crate) fn run() -> Result<(), String> {
    let offences = offences();
    if offences.is_empty() { Ok(()) } else { Err(offences.join("\n")) }
}

fn offences() -> Vec<String> {
    let mut found = Vec::new();
    dependencies(&mut found);
    let sources = sources();
    for path in &sources {
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        source(path, &text, &mut found);
    }
    registries(&mut found);
    errors_are_shown(&mut found);
    examples_are_named(&mut found);
    found
}

fn dependencies(found: &mut Vec<String>) {
    for (package, allowed) in EDGES {
        let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap_or_default();
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let is_ours = name == "ann" || name.starts_with("ann-");
            if section == "[dependencies]" && is_ours && !allowed.contains(&name) {
                found.push(format!("{package}/Cargo.toml: may not depend on {name}"));
            }
            if *package == "ann-spec"
                && section == "[dependencies]"
                && !name.is_empty()
                && !line.starts_with('[')
            {
                found.push(format!("ann-spec/Cargo.toml: depends on {name}, but it is to depend on nothing"));
            }
        }
    }
}

fn source(path: &Path, text: &str, found: &mut Vec<String>) {
    let name = path.to_string_lossy();
    let is_test = name.contains("/tests/") || name.starts_with("tests/") || name.ends_with("tests.rs");
    let body = text.split("#[cfg(test)]").next().unwrap_or(text);
    if !is_test && LINES < body.lines().count() {
        found.push(format!(
            "{name}: {} lines, at most {LINES}; it holds more than one thing",
            body.lines().count()
        ));
    }
    let may_be_unsafe = name.starts_with("ann-autodiff/src/cpu/") || is_test;
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let is_unsafe =
            ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"].iter().any(|word| code.contains(word));
        if is_unsafe && !may_be_unsafe && !name.starts_with("xtask/") {
            found.push(format!("{name}:{}: `unsafe` outside the kernels", number + 1));
        }
        let marker = ["TO", "DO"].concat();
        if line.contains(&marker) && !line.contains(&format!("{marker}(#")) {
            found.push(format!("{name}:{}: {marker} without the number of an issue", number + 1));
        }
    }
    if !is_test && name.ends_with("/src/lib.rs") && !text.starts_with("//!") {
        found.push(format!("{name}: no documentation of the crate"));
    }
    // A trait that users implement shows in its documentation how.
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let Some(title) = line.strip_prefix("pub trait ") else { continue };
        let title = title.split([':', '<', ' ', '{']).next().unwrap_or_default();
        let open = [
            "Activation",
            "Layer",
            "Loss",
            "Regularizer",
            "Initializer",
            "Optimizer",
            "Schedule",
            "Metric",
            "Callback",
            "Op",
            "Cell",
        ];
        let open = open.contains(&title) || ["Dataset", "Backend"].contains(&title);
        let docs = lines[..number].iter().rev().take_while(|line| {
            line.starts_with("///") || line.starts_with('#') || line.starts_with(' ') || **line == ")]"
        });
        if open
            && !docs
                .into_iter()
                .any(|line| line.contains("impl") && line.contains(title) && line.contains(" for "))
        {
            found.push(format!(
                "{name}:{}: the documentation of `{title}` has no `impl {title} for ..`",
                number + 1
            ));
        }
    }
}

/// Every operation and every layer is in its list, and a layer has the same file name in both crates.
fn registries(found: &mut Vec<String>) {
    for list in ["ann-autodiff/src/ops", "ann-spec/src/layers", "ann-core/src/layers"] {
        let text = fs::read_to_string(root().join(list).join("mod.rs")).unwrap_or_default();
        for name in names(list) {
            let declared = [format!("mod {name};"), format!("mod {name};")];
            if !declared.iter().any(|line| text.contains(line)) {
                found.push(format!("{list}/{name}.rs: not in {list}/mod.rs"));
            }
        }
    }
    let built = names("ann-core/src/layers");
    let described = names("ann-spec/src/layers");
    for name in &built {
        if !described.contains(name) && !SHARED.contains(&name.as_str()) {
            found.push(format!("ann-core/src/layers/{name}.rs: no such file in ann-spec/src/layers"));
        }
    }
}

/// Files of `ann-core/src/layers` that are no layers.
const SHARED: &[&str] = &["options", "recurrent"];

fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.strip_suffix(".rs").filter(|name| *name != "mod" && *name != "tests").map(str::to_owned)
        })
        .collect()
}

fn errors_are_shown(found: &mut Vec<String>) {
    for name in names("tests/ui/fail") {
        if !root().join("tests/ui/fail").join(format!("{name}.stderr")).exists() {
            found.push(format!("tests/ui/fail/{name}.rs: no {name}.stderr"));
        }
    }
}

fn examples_are_named(found: &mut Vec<String>) {
    let readme = fs::read_to_string(root().join("README.md")).unwrap_or_default();
    for name in names("examples") {
        if !readme.contains(&format!("`{name}`")) {
            found.push(format!("examples/{name}.rs: not in README.md"));
        }
    }
}

/// Every Rust file of the repository, by its path from the root.
fn sources() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::new()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !name.starts_with('.') && !["target", "ui", "snapshots"].contains(&name.as_str())
            {
                folders.push(path);
            } else if !is_folder && path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(path);
            }
        }
    }
    sources.sort();
    sources
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        let offences = super::offences();
        assert!(offences.is_empty(), "{}", offences.join("\n"));
    }
}
