//! [`Dim`]: the size of one axis, which may be known or left open under a [`Symbol`].

/// The name of a size that is not an integer in the user's text.
///
/// What a symbol stands for is kept in the [`Symbols`](crate::Symbols) of its network; the symbol itself only says of
/// which sort it is, so that rules on plain data can tell a size that will be known from one that never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

/// Marks the symbol of a const generic.
const GENERIC: u32 = 1 << 31;

impl Symbol {
    /// `_`: a length known only at run time, the steps of a sequence.
    pub const STEPS: Self = Self(0);
    /// A size that a rule could not compute because another one is open.
    pub const COMPUTED: Self = Self(1);
    /// A size that is unknown because of a mistake before: nothing more is said about it.
    pub const UNKNOWN: Self = Self(2);
    /// The first number that [`Symbols`](crate::Symbols) gives away.
    pub(crate) const FIRST: u32 = 3;

    /// The symbol of the constant with this number.
    pub(crate) const fn constant(number: u32) -> Self {
        Self(number)
    }

    /// The symbol of the const generic with this number.
    pub(crate) const fn generic(number: u32) -> Self {
        Self(number | GENERIC)
    }

    /// Its number, without the mark of a generic.
    pub const fn number(self) -> u32 {
        self.0 & !GENERIC
    }

    /// Whether it is a const generic: a size that can be copied but not computed with.
    pub const fn is_generic(self) -> bool {
        self.0 & GENERIC != 0
    }

    /// Whether it is `_`.
    pub const fn is_steps(self) -> bool {
        self.0 == 0
    }

    /// Whether both are the same symbol (`==` for const contexts). Computed and unknown sizes are like no other.
    pub const fn same(self, other: Self) -> bool {
        self.0 == other.0 && self.0 != Self::COMPUTED.0 && !self.is_unknown()
    }

    /// Whether it is unknown because of a mistake.
    pub const fn is_unknown(self) -> bool {
        self.0 == Self::UNKNOWN.0
    }

    /// How far it is from ever being known: constants 0, generics 1, steps 2, mistakes 3.
    pub(crate) const fn distance(self) -> u8 {
        if self.is_unknown() {
            3
        } else if self.is_steps() {
            2
        } else if self.is_generic() {
            1
        } else {
            0
        }
    }
}

/// The size of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dim {
    /// So many.
    Known(usize),
    /// A size that rules may copy but not compute with.
    Open(Symbol),
}

impl Dim {
    /// A length known only at run time.
    pub const STEPS: Self = Self::Open(Symbol::STEPS);
    /// A size that could not be computed because another one is open.
    pub const COMPUTED: Self = Self::Open(Symbol::COMPUTED);
    /// A size that is unknown because of a mistake.
    pub const UNKNOWN: Self = Self::Open(Symbol::UNKNOWN);

    /// The size, if it is known.
    pub const fn value(self) -> Option<usize> {
        match self {
            Self::Known(value) => Some(value),
            Self::Open(_) => None,
        }
    }

    /// Whether it is `_`.
    pub const fn is_steps(self) -> bool {
        match self {
            Self::Known(_) => false,
            Self::Open(symbol) => symbol.is_steps(),
        }
    }

    /// Whether it is unknown because of a mistake.
    pub const fn is_unknown(self) -> bool {
        match self {
            Self::Known(_) => false,
            Self::Open(symbol) => symbol.is_unknown(),
        }
    }

    /// Whether two sizes are equal; `None` if that depends on an open one.
    pub const fn equals(self, other: Self) -> Option<bool> {
        match (self, other) {
            (Self::Known(one), Self::Known(two)) => Some(one == two),
            (Self::Open(one), Self::Open(two)) if one.same(two) => Some(true),
            (Self::Open(Symbol::UNKNOWN), _) | (_, Self::Open(Symbol::UNKNOWN)) => None,
            // `_` is a length of its own: no constant can promise to equal it.
            (Self::Open(Symbol::STEPS), _) | (_, Self::Open(Symbol::STEPS)) => Some(false),
            _ => None,
        }
    }
}

impl From<usize> for Dim {
    fn from(size: usize) -> Self {
        Self::Known(size)
    }
}
