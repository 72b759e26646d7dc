//! The name that was probably meant.

/// The name among `known` that is nearest to `name`, if near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    known
        .into_iter()
        .map(|other| (if plain(name) == plain(other) { 0 } else { distance(name, other) }, other))
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_one_of_at_most_two_slips() {
        assert_eq!(nearest("conv1.wieght", ["conv2.bias", "conv1.weight"]), Some("conv1.weight"));
        assert_eq!(nearest("Conv_1.weight", ["conv1.weight"]), Some("conv1.weight"));
        assert_eq!(nearest("fc9.weight", ["conv1.weight"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
