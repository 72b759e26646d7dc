//! [`Text`]: a small buffer for sentences that constant evaluation can write, too.

use std::fmt;

use crate::{Dim, Shape};

/// Most bytes of one sentence; what goes beyond is cut off with `...`.
const CAPACITY: usize = 768;

/// What stands at the end of a sentence that was cut off.
const MARK: &[u8] = b"...";

/// A sentence in the making. `const fn` cannot format, so this is the one writer of all wordings: at run time, in the
/// macro and inside rustc's constant evaluation they read alike.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; CAPACITY],
    length: usize,
    full: bool,
}

impl Text {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { bytes: [0; CAPACITY], length: 0, full: false }
    }

    /// What was written.
    pub const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    /// Copies the first `count` bytes, for which there is room.
    const fn append(&mut self, bytes: &[u8], count: usize) {
        let mut at = 0;
        while at < count {
            self.bytes[self.length] = bytes[at];
            self.length += 1;
            at += 1;
        }
    }

    /// The sentence followed by a text.
    #[must_use]
    pub const fn then(mut self, text: &str) -> Self {
        if self.full {
            return self;
        }
        let bytes = text.as_bytes();
        let room = CAPACITY - MARK.len() - self.length;
        let mut taken = if bytes.len() <= room { bytes.len() } else { room };
        // A character must not be cut in two.
        while taken < bytes.len() && 0 < taken && bytes[taken] & 0xC0 == 0x80 {
            taken -= 1;
        }
        self.append(bytes, taken);
        if taken < bytes.len() {
            self.append(MARK, MARK.len());
            self.full = true;
        }
        self
    }

    /// The sentence followed by a text in backticks.
    #[must_use]
    pub const fn quoted(self, text: &str) -> Self {
        self.then("`").then(text).then("`")
    }

    /// The sentence followed by two texts in one pair of backticks.
    #[must_use]
    pub(crate) const fn quoted_call(self, one: &str, two: &str) -> Self {
        self.then("`").then(one).then(two).then("`")
    }

    /// The sentence followed by a number.
    #[must_use]
    pub const fn number(self, number: usize) -> Self {
        let mut digits = [0; 20];
        let mut first = digits.len();
        let mut rest = number;
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        match str::from_utf8(digits.split_at(first).1) {
            Ok(text) => self.then(text),
            Err(_) => self,
        }
    }

    /// The sentence followed by a size. `names` are the texts of open sizes by the number of their symbol.
    #[must_use]
    pub const fn dim(self, dim: Dim, names: &[&str]) -> Self {
        match dim {
            Dim::Known(size) => self.number(size),
            Dim::Open(symbol) if symbol.is_steps() => self.then("_"),
            Dim::Open(symbol) => {
                let number = symbol.number() as usize;
                if number < names.len() { self.then(names[number]) } else { self.then("?") }
            }
        }
    }

    /// The sentence followed by a shape, as in `[1, 28, 28]`.
    #[must_use]
    pub const fn shape(mut self, shape: &Shape, names: &[&str]) -> Self {
        self = self.then("[");
        let mut axis = 0;
        while axis < shape.rank() {
            if 0 < axis {
                self = self.then(", ");
            }
            self = self.dim(shape.dim(axis), names);
            axis += 1;
        }
        self.then("]")
    }

    /// The sentence followed by the sizes of a window, as in `5x5`.
    #[must_use]
    pub const fn window(self, window: [Dim; 2], names: &[&str]) -> Self {
        self.dim(window[0], names).then("x").dim(window[1], names)
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_cut_off_with_a_mark_and_never_inside_a_character() {
        let mut text = Text::new().then("x");
        for _ in 0..CAPACITY {
            text = text.then("ä");
        }
        let written = text.as_str();
        assert!(written.len() <= CAPACITY);
        assert!(written.ends_with("ä..."), "{written}");
        assert_eq!(text.then("more").as_str(), written);
    }

    #[test]
    fn numbers_have_all_their_digits() {
        assert_eq!(Text::new().number(0).then(" ").number(usize::MAX).as_str(), format!("0 {}", usize::MAX));
    }

    #[test]
    fn open_sizes_are_called_by_their_names() {
        let shape = Shape::of(&[Dim::STEPS, Dim::Known(65), Dim::COMPUTED]);
        assert_eq!(Text::new().shape(&shape, &[]).as_str(), "[_, 65, ?]");
    }
}
