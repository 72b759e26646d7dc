//! "Did you mean": which of the known names is close to an unknown one.

/// The name closest to `word`: equal but for case and `_`, or at most two edits away (one, for words of less than six letters).
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.chars().filter(|c| *c != '_').collect::<String>().to_lowercase();
    let wanted = plain(word);
    let allowed = if wanted.chars().count() < 6 { 1 } else { 2 };
    known
        .into_iter()
        .filter(|name| *name != word)
        .map(|name| (distance(&wanted, &plain(name)), name))
        .filter(|(edits, name)| *edits <= allowed && *edits < name.chars().count())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbour to get from one to the other.
fn distance(one: &str, two: &str) -> usize {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=two.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=two.len() {
            let replaced = last[j - 1] + usize::from(one[i - 1] != two[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if 1 < i && 1 < j && one[i - 1] == two[j - 2] && one[i - 2] == two[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[two.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_underscores_do_not_count() {
        assert_eq!(nearest("Conv2D", ["Dense", "Conv2d"]), Some("Conv2d"));
        assert_eq!(nearest("biasinit", ["bias", "bias_init"]), Some("bias_init"));
    }

    #[test]
    fn two_edits_are_near_and_three_are_not() {
        assert_eq!(nearest("Desne", ["Dense"]), Some("Dense"));
        assert_eq!(nearest("kernal", ["kernel", "n"]), Some("kernel"));
        assert_eq!(nearest("Softpuls2", ["Softplus"]), Some("Softplus"));
        assert_eq!(nearest("conv1.wieght", ["conv2.bias", "conv1.weight"]), Some("conv1.weight"));
        assert_eq!(nearest("fc9.weight", ["conv1.weight"]), None);
        assert_eq!(nearest("Encoder", ["Embedding", "Dense"]), None);
    }

    #[test]
    fn short_names_must_be_nearly_equal() {
        assert_eq!(nearest("m", ["n", "bias"]), None);
        assert_eq!(nearest("Base", ["Last", "Dense"]), None);
        assert_eq!(nearest("l3", ["l1", "l2", "init"]), Some("l1"));
    }
}
