//! [`Doc`]: the record of a layer, from which arguments are read, documentation is made and mistakes are explained.

/// What the catalogue says of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    /// Its name: `Conv2d`.
    pub name: &'static str,
    /// What it takes: `[c, h, w]`.
    pub from: &'static str,
    /// What it gives: `[n, h', w']`.
    pub to: &'static str,
    /// What it does, in one line.
    pub line: &'static str,
    /// Its arguments, those given by position first.
    pub arguments: &'static [Parameter],
}

/// An argument that a layer takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub kind: ParameterKind,
    /// Whether it must be given, and what holds if it is not.
    pub default: DefaultValue,
    /// Whether it may be given by position.
    pub positional: bool,
    /// What it is, in a few words.
    pub line: &'static str,
}

/// What holds if an argument is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// It must be given.
    Required,
    /// This.
    Is(&'static str),
    /// Nothing of the kind.
    Without,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A whole number of at least 1.
    Size,
    /// A whole number.
    Count,
    /// Sizes, as many as are given.
    Sizes,
    /// A size, or two of them: height and width.
    Pair,
    /// A count, or two of them: height and width.
    CountPair,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The label of another layer.
    Label,
    /// A number in `[0, 1)`, or an expression.
    Probability,
    /// A number in `[0, 1]`, or an expression.
    Fraction,
    /// A number, or an expression.
    Number,
    /// A number greater than 0, or an expression.
    Positive,
    /// A number of at least 0, or an expression.
    NotNegative,
    /// Any expression.
    Expression,
    /// A value that only code can give, of a type of the user's own: `` an `Activation` ``.
    Code(&'static str),
}

impl ParameterKind {
    /// Whether it decides shapes or cost and is part of the [`LayerSpec`](crate::LayerSpec). The others ride beside it
    /// as the front end has them.
    pub const fn is_structural(self) -> bool {
        matches!(
            self,
            Self::Size
                | Self::Count
                | Self::Sizes
                | Self::Pair
                | Self::CountPair
                | Self::Flag
                | Self::Choice(_)
                | Self::Label
        )
    }
}

impl Parameter {
    /// An argument that must be given, by name.
    pub(crate) const fn new(name: &'static str, kind: ParameterKind, line: &'static str) -> Self {
        Self { name, kind, default: DefaultValue::Required, positional: false, line }
    }

    /// The same, to be given by position or by name.
    pub(crate) const fn positional(mut self) -> Self {
        self.positional = true;
        self
    }

    /// The same with a default.
    pub(crate) const fn or(mut self, default: &'static str) -> Self {
        self.default = DefaultValue::Is(default);
        self
    }

    /// The same, to be left out at will.
    pub(crate) const fn optional(mut self) -> Self {
        self.default = DefaultValue::Without;
        self
    }
}

impl Doc {
    /// The names of its arguments, as a list for people: `n, bias, init`.
    pub fn takes(&self) -> String {
        self.arguments.iter().map(|parameter| parameter.name).collect::<Vec<_>>().join(", ")
    }

    /// How many values it takes by position, and what it takes by name, for those who gave too many.
    pub(crate) fn takes_by_position(&self) -> String {
        let names = |positional: bool| {
            let chosen = self.arguments.iter().filter(|parameter| parameter.positional == positional);
            chosen.map(|parameter| parameter.name).collect::<Vec<_>>()
        };
        let (name, by_position, by_name) = (self.name, names(true), names(false));
        let count = match &by_position[..] {
            [] if by_name.is_empty() => return format!("`{name}` takes no arguments"),
            [] => "no value by position".into(),
            [one] => format!("one value by position, {one}"),
            several => format!("{} values by position, {}", several.len(), several.join(", ")),
        };
        if by_name.is_empty() {
            return format!("`{name}` takes {count}");
        }
        format!("`{name}` takes {count}; by name it takes {}", by_name.join(", "))
    }

    /// Its call as documentation writes it: `Conv2d(n)`.
    pub fn call(&self) -> String {
        let positional: Vec<_> = self.arguments.iter().filter(|p| p.positional).map(|p| p.name).collect();
        if positional.is_empty() {
            self.name.into()
        } else {
            format!("{}({})", self.name, positional.join(", "))
        }
    }
}
