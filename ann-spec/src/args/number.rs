//! Whole numbers as people write them, and what is wrong with the others.

/// Why a number is no count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoCount {
    Negative,
    Fraction,
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
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(NoCount::Fraction);
    }
    match usize::from_str_radix(digits, radix) {
        // The largest number stands for `_` where shapes are types.
        Ok(usize::MAX) | Err(_) => Err(NoCount::TooLarge),
        Ok(count) => Ok(count),
    }
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
        assert_eq!(count("18446744073709551615"), Err(NoCount::TooLarge));
        assert_eq!(count("99999999999999999999"), Err(NoCount::TooLarge));
    }
}
