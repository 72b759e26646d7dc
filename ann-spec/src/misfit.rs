//! [`Misfit`]: why a layer refuses what comes in. Facts here, one wording for all front ends.

use std::fmt;

use crate::text::Text;
use crate::{Dim, Shape, Symbol};

/// What a layer wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `[c, h, w]`.
    Image,
    /// `[t, k]`.
    Sequence,
    /// `[t]`.
    Indices,
    /// `[k]`.
    Features,
    /// `[k]` or `[c, h, w]`.
    FeaturesOrImage,
    /// `[k]`, `[t, k]` or `[c, h, w]`.
    Any,
}

impl Wanted {
    const fn text(self) -> &'static str {
        match self {
            Self::Image => "an image [c, h, w]",
            Self::Sequence => "a sequence [t, k]",
            Self::Indices => "a sequence of indices [t]",
            Self::Features => "features [k]",
            Self::FeaturesOrImage => "features [k] or an image [c, h, w]",
            Self::Any => "features [k], a sequence [t, k] or an image [c, h, w]",
        }
    }
}

/// Why a layer refuses what comes in, in facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A size would have to be known. Not a mistake yet: who knows what the symbol stands for decides.
    Open {
        /// The size that is open.
        symbol: Symbol,
        /// The output as far as it can be told; sizes that need `symbol` are [`Dim::COMPUTED`].
        sketch: Shape,
    },
    /// A layer with one input was given another number of them.
    OneInput {
        /// How many it was given.
        found: usize,
    },
    /// A layer that joins several inputs was given fewer than two.
    SeveralInputs {
        /// How many it was given.
        found: usize,
    },
    /// A layer of a trunk and a head was given another number of inputs.
    TrunkAndHead {
        /// How many it was given.
        found: usize,
    },
    /// The input has the wrong number of axes.
    Rank {
        /// What came in.
        input: Shape,
        /// What would fit.
        wanted: Wanted,
    },
    /// A size is zero.
    Zero {
        /// The argument.
        argument: &'static str,
    },
    /// An input has an axis of size zero.
    Empty {
        /// What came in.
        input: Shape,
    },
    /// The windows do not fit on the input.
    NoRoom {
        /// What came in.
        input: Shape,
        /// The window.
        kernel: [Dim; 2],
        /// Zeros around the input.
        pad: [Dim; 2],
        /// Steps between the elements of a window.
        dilation: [Dim; 2],
        /// The argument that gives the window.
        argument: &'static str,
    },
    /// A transposed convolution cuts off all that it made.
    NothingLeft {
        /// What came in.
        input: Shape,
        /// What is cut off on each side.
        pad: [Dim; 2],
    },
    /// Padding as large as the window: some windows would see padding only.
    Padding {
        /// Zeros around the input.
        pad: [Dim; 2],
        /// The window.
        kernel: [Dim; 2],
    },
    /// Groups that do not divide the channels.
    Groups {
        /// How many groups.
        groups: usize,
        /// Channels that come in, if `groups` does not divide them.
        inputs: Option<usize>,
        /// Channels that go out, if `groups` does not divide them.
        outputs: Option<usize>,
    },
    /// A window around a channel has no middle.
    EvenWindow {
        /// Its size.
        size: usize,
    },
    /// A reshape to another count of numbers.
    Count {
        /// What came in.
        input: Shape,
        /// What was asked for.
        wanted: Shape,
    },
    /// A slice that ends past the end.
    SlicePast {
        /// What came in.
        input: Shape,
        /// Where the slice ends.
        to: usize,
        /// How long the axis is.
        extent: usize,
    },
    /// A slice of nothing.
    SliceEmpty {
        /// Where it begins.
        from: usize,
        /// Where it ends.
        to: usize,
    },
    /// Inputs that must have one shape do not.
    Unequal {
        /// The number of the input that differs from the first.
        index: usize,
        /// The first.
        first: Shape,
        /// The one that differs.
        other: Shape,
    },
    /// Inputs that are to be joined differ off the joined axis.
    Unjoinable {
        /// The number of the input that differs from the first.
        index: usize,
        /// The first.
        first: Shape,
        /// The one that differs.
        other: Shape,
        /// The axis along which they are joined.
        axis: usize,
    },
    /// A size, a count of parameters or of operations exceeds what the machine can count.
    TooLarge,
}

/// Where a misfit happened, as far as its sentence needs it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The kind of the layer: `Conv2d`.
    pub kind: &'a str,
    /// Its label, empty if the user gave none.
    pub label: &'a str,
    /// The names of its inputs.
    pub inputs: &'a [&'a str],
    /// The texts of the symbols by their number.
    pub symbols: &'a [&'a str],
}

impl<'a> Place<'a> {
    /// The layer as a sentence speaks of it: by its label, else by its kind.
    pub const fn who(&self) -> &'a str {
        if self.label.is_empty() { self.kind } else { self.label }
    }

    const fn input(&self, index: usize) -> &'a str {
        if index < self.inputs.len() { self.inputs[index] } else { "input" }
    }
}

impl Misfit {
    /// The argument at fault, if it is one.
    pub const fn culprit(&self) -> Option<&'static str> {
        match self {
            Self::Zero { argument } | Self::NoRoom { argument, .. } => Some(argument),
            Self::NothingLeft { .. } | Self::Padding { .. } => Some("pad"),
            Self::Groups { .. } => Some("groups"),
            Self::EvenWindow { .. } => Some("size"),
            Self::SlicePast { .. } | Self::SliceEmpty { .. } => Some("to"),
            Self::Count { .. } => Some("sizes"),
            _ => None,
        }
    }

    /// The input at fault by its number, if it is one of several.
    pub const fn input(&self) -> Option<usize> {
        match self {
            Self::Unequal { index, .. } | Self::Unjoinable { index, .. } => Some(*index),
            _ => None,
        }
    }

    /// The sentence.
    pub const fn text(&self, place: &Place<'_>) -> Text {
        let text = Text::new();
        let names = place.symbols;
        let who = place.who();
        match self {
            Self::Open { symbol, .. } if symbol.is_generic() => {
                let number = symbol.number() as usize;
                let name = if number < names.len() { names[number] } else { "?" };
                text.quoted(name)
                    .then(" is a const generic; ")
                    .quoted(place.kind)
                    .then(" has to compute with it. Write an integer or a `const`, or declare what comes out: `-> [..]`")
            }
            Self::Open { symbol, .. } if symbol.is_steps() => {
                text.quoted(who).then(" has to know its sizes; `_` is a length known only at run time")
            }
            Self::Open { .. } => text.quoted(who).then(" has to know its sizes; one of them is open"),
            Self::OneInput { found } => text
                .quoted(who)
                .then(" takes one input, not ")
                .number(*found)
                .then("; `Add`, `Mul` and `Concat` join several"),
            Self::SeveralInputs { found } => text
                .quoted(who)
                .then(" joins at least 2 inputs, not ")
                .number(*found)
                .then("; write ")
                .quoted_call(place.kind, " <- (a, b)"),
            Self::TrunkAndHead { found } => text
                .quoted(who)
                .then(" takes two inputs, the trunk and the head, not ")
                .number(*found)
                .then("; write ")
                .quoted_call(place.kind, "(..) <- (trunk, head)"),
            Self::Rank { input, wanted } => text
                .quoted(who)
                .then(" takes ")
                .then(wanted.text())
                .then("; the input is ")
                .shape(input, names),
            Self::Zero { argument } => {
                text.quoted(argument).then(" of ").quoted(who).then(" is 0; it is at least 1")
            }
            Self::Empty { input } => text
                .quoted(who)
                .then(" gets no numbers: the input is ")
                .shape(input, names)
                .then(", a size is at least 1"),
            Self::NoRoom { input, kernel, pad, dilation, .. } => {
                let mut text = text
                    .quoted(who)
                    .then(" has no room for its kernel: the input is ")
                    .shape(input, names)
                    .then(" and the kernel is ")
                    .window(*kernel, names);
                if !is(*dilation, 1) {
                    text = text.then(" with dilation ").window(*dilation, names);
                }
                if !is(*pad, 0) {
                    text = text.then(", padded by ").window(*pad, names);
                }
                text
            }
            Self::NothingLeft { input, pad } => text
                .then("nothing is left of the output of ")
                .quoted(who)
                .then(": the input is ")
                .shape(input, names)
                .then(" and ")
                .window(*pad, names)
                .then(" is cut off on each side"),
            Self::Padding { pad, kernel } => text
                .quoted(who)
                .then(" pads by ")
                .window(*pad, names)
                .then(", which its kernel of ")
                .window(*kernel, names)
                .then(" does not exceed; some windows would see padding only"),
            Self::Groups { groups, inputs, outputs } => {
                let text = text.then("`groups = ").number(*groups);
                let text = match (inputs, outputs) {
                    (Some(inputs), Some(outputs)) => text
                        .then("` divides neither the ")
                        .number(*inputs)
                        .then(" input channels nor the ")
                        .number(*outputs)
                        .then(" output channels of "),
                    (Some(inputs), None) => {
                        text.then("` does not divide the ").number(*inputs).then(" input channels of ")
                    }
                    (_, Some(outputs)) => {
                        text.then("` does not divide the ").number(*outputs).then(" output channels of ")
                    }
                    (None, None) => text.then("` does not divide the channels of "),
                };
                text.quoted(who)
            }
            Self::EvenWindow { size } => text
                .then("`size` of ")
                .quoted(who)
                .then(" is ")
                .number(*size)
                .then("; a window around a channel has an odd size"),
            Self::Count { input, wanted } => {
                let text = text
                    .quoted(who)
                    .then(" cannot turn ")
                    .shape(input, names)
                    .then(" into ")
                    .shape(wanted, names);
                match (input.elements(), wanted.elements()) {
                    (Some(one), Some(two)) => {
                        text.then(": ").number(one).then(" numbers are not ").number(two)
                    }
                    _ => text,
                }
            }
            Self::SlicePast { input, to, extent } => text
                .quoted(who)
                .then(" ends at ")
                .number(*to)
                .then(", past the end: the input is ")
                .shape(input, names)
                .then(", of which it cuts the axis of ")
                .number(*extent),
            Self::SliceEmpty { from, to } => text
                .quoted(who)
                .then(" is empty: it begins at ")
                .number(*from)
                .then(" and ends before ")
                .number(*to),
            Self::Unequal { index, first, other } => text
                .quoted(who)
                .then(" needs inputs of one shape; ")
                .quoted(place.input(0))
                .then(" is ")
                .shape(first, names)
                .then(" and ")
                .quoted(place.input(*index))
                .then(" is ")
                .shape(other, names),
            Self::Unjoinable { index, first, other, axis } => text
                .quoted(who)
                .then(" joins along ")
                .then(if *axis == 0 { "the first axis" } else { "the last axis" })
                .then(" and needs the rest alike; ")
                .quoted(place.input(0))
                .then(" is ")
                .shape(first, names)
                .then(" and ")
                .quoted(place.input(*index))
                .then(" is ")
                .shape(other, names),
            Self::TooLarge => {
                text.quoted(who).then(" is too large: its numbers cannot be counted in a `usize`")
            }
        }
    }
}

/// Whether both sizes are known to be this.
const fn is(pair: [Dim; 2], size: usize) -> bool {
    matches!(pair, [Dim::Known(one), Dim::Known(two)] if one == size && two == size)
}

/// The sentence without names: of "the layer" and its "input".
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Place { kind: "the layer", label: "", inputs: &[], symbols: &[] };
        f.write_str(self.text(&place).as_str())
    }
}

impl std::error::Error for Misfit {}
