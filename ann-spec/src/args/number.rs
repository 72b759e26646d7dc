//! Whole numbers as people write them, and what is wrong with the others.

/// Why a number is no count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoCount {
    Negative,
    Fraction,
    Suffix,
    TooLarge,
}

/// The count that a number spells.
pub(super) fn count(text: &str) -> Result<usize, NoCount> {
    if text.starts_with('-') {
        return Err(NoCount::Negative);
    }
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (text, 10),
    };
    if radix == 10 && has_suffix(text) {
        return Err(NoCount::Suffix);
    }
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(NoCount::Fraction);
    }
    match usize::from_str_radix(digits, radix) {
        // The largest number stands for `_` where shapes are types.
        Ok(usize::MAX) | Err(_) => Err(NoCount::TooLarge),
        Ok(count) => Ok(count),
    }
}

/// Whether a type stands behind a decimal number, as in `5u8` and `0.5f32`.
pub(super) fn has_suffix(text: &str) -> bool {
    let number = text.trim_start_matches('-');
    let behind = number.trim_start_matches(|c: char| c.is_ascii_digit() || "-+.eE".contains(c));
    number.starts_with(|c: char| c.is_ascii_digit()) && behind.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole_and_fit() {
        assert_eq!(count("5"), Ok(5));
        assert_eq!(count("0x10"), Ok(16));
        assert_eq!(count("-3"), Err(NoCount::Negative));
        assert_eq!(count("2.5"), Err(NoCount::Fraction));
        assert_eq!(count("1e3"), Err(NoCount::Fraction));
        assert_eq!(count("inf"), Err(NoCount::Fraction));
        assert_eq!(count("5u8"), Err(NoCount::Suffix));
        assert_eq!(count("1e3f32"), Err(NoCount::Suffix));
        assert_eq!(count("18446744073709551615"), Err(NoCount::TooLarge));
        assert_eq!(count("99999999999999999999"), Err(NoCount::TooLarge));
    }
}
