//! [`Scan`]: a cell of the user's own, step by step over a sequence.

use ann_autodiff::ops::UnlessPadding;
use ann_autodiff::{Rank1, Rank2, STEPS, Shaped, Var, concat};

use crate::layers::recurrent::lengths;
use crate::{Cost, Error, Layer, Recorder, Result};

/// What a recurrent layer does at one step: from a step's features and the state it makes an output and the next state.
///
/// It asks for its parameters at every step as if that were the only one; they are the same at all. Its state begins at zero, or
/// where the batch before ended; gradients pass back through all steps.
///
/// It may hold networks without weights, their `default()`, and record them as layers ([`Recorder::layer`]).
///
/// To stand in `network!` within a [`Scan`] it also has a [`Cost`], that of one step, and, if it is written without parentheses,
/// `Default`.
///
/// ```
/// use ann_core::autodiff::{Rank1, Var};
/// use ann_core::layers::{Cell, Scan};
/// use ann_core::{Cost, Initial, Recorder, Result};
///
/// /// `h[t] = a h[t-1] + (1 - a) x[t]`, the rate `a = sigmoid(rate)` learned, one a feature.
/// #[derive(Clone, Debug, Default)]
/// struct Smooth<const N: usize>;
///
/// impl<const N: usize> Cell for Smooth<N> {
///     type Input = Rank1<N>;
///     type State = Rank1<N>;
///     type Output = Rank1<N>;
///
///     fn record<'t>(
///         &self,
///         tape: &Recorder<'t>,
///         x: Var<'t, Rank1<N>>,
///         state: Var<'t, Rank1<N>>,
///     ) -> Result<(Var<'t, Rank1<N>>, Var<'t, Rank1<N>>)> {
///         let a = tape.parameter("rate", &[N], &Initial::constant(0.0)).sigmoid();
///         let h = (state * a + x * (1.0 - a)).typed();
///         Ok((h, h))
///     }
/// }
///
/// impl<const N: usize> Cost for Smooth<N> {
///     const PARAMETERS: usize = N;
///     const FLOPS: u64 = 3 * N as u64;
/// }
///
/// // In a network: `smooth: Scan<Smooth<8>> -> [_, 8]`.
/// assert_eq!(Scan::<Smooth<8>>::PARAMETERS, 8);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cell",
    label = "this type does not implement `ann::layers::Cell`",
    note = "a cell says what happens at one step of a sequence (see the documentation of `ann::layers::Cell`)"
)]
pub trait Cell {
    /// The features of a step, `Rank1<K>`.
    type Input: Shaped;
    /// What is kept from step to step; several values as one, `Rank2<2, N>` say.
    type State: Shaped;
    /// What it gives at a step, `Rank1<N>`.
    type Output: Shaped;

    /// Records a step: its output, and the state after it.
    fn record<'t>(
        &self,
        tape: &Recorder<'t>,
        x: Var<'t, Self::Input>,
        state: Var<'t, Self::State>,
    ) -> Result<Step<'t, Self>>;
}

/// The output of a step, and the state after it.
pub type Step<'t, C> = (Var<'t, <C as Cell>::Output>, Var<'t, <C as Cell>::State>);

/// A [`Cell`] over a sequence of `T` steps, any number unless said: `[T, k] -> [T, n]`.
///
/// The cell is unrolled on the tape, so it may do anything that can be recorded, but for running statistics, which every step would
/// move; the built-in recurrent layers are faster. Padded steps change no state and give 0; there the cell is given the first step
/// once more, so that what it is not finite at, as a logarithm at 0, does not matter.
#[derive(Clone, Debug, Default)]
pub struct Scan<C, const T: usize = STEPS> {
    cell: C,
}

impl<C, const T: usize> Scan<C, T> {
    /// Over this cell.
    pub const fn new(cell: C) -> Self {
        Self { cell }
    }
}

impl<C, const T: usize, const K: usize, const N: usize> Layer for Scan<C, T>
where
    C: Cell<Input = Rank1<K>, Output = Rank1<N>>,
{
    type Input = Rank2<T, K>;
    type Output = Rank2<T, N>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank2<T, K>>) -> Result<Var<'t, Rank2<T, N>>> {
        let x = x.untyped();
        let [batch, steps, features] = x.extents()[..] else {
            return Err(Error::shape("the input of `Scan`", "sequences [batch, t, k]", x.extents()));
        };
        let Some(dims) = C::State::DIMS.filter(|dims| !dims.contains(&STEPS)) else {
            return Err(Error::shape(
                "the state of a cell in `Scan`",
                "sizes that are known",
                "one that is open",
            ));
        };
        let dims = [&[batch], dims].concat();
        let carried = tape.carries().then(|| tape.tape().state(&dims));
        let zeros = || tape.tape().constant(&dims, &vec![0.0; dims.iter().product()]);
        let mut state = carried.unwrap_or_else(zeros);
        let lengths = lengths(tape, x);
        let no_output = lengths.map(|_| tape.tape().constant(&[batch, N], &vec![0.0; batch * N]));
        let mut outputs = Vec::with_capacity(steps);
        let mut first = None;
        for step in 0..steps {
            let x = x.slice(1, step, step + 1).reshape(&[batch, features]);
            // The first step is never padding.
            let (first_x, first_state) = *first.get_or_insert((x, state));
            let unless_padding = |value, other| match lengths {
                Some(lengths) if 0 < step => {
                    tape.tape().apply(UnlessPadding { step }, [value, other, lengths])
                }
                _ => value,
            };
            let (from_x, from_state) = (unless_padding(x, first_x), unless_padding(state, first_state));
            let record = || self.cell.record(tape, from_x.typed(), from_state.typed());
            let (y, next) = if step == 0 { record() } else { tape.repeat(record) }?;
            let y = no_output.map_or(y.untyped(), |none| unless_padding(y.untyped(), none));
            outputs.push(y.reshape(&[batch, 1, N]));
            state = unless_padding(next.untyped(), state);
        }
        if let Some(carried) = carried {
            tape.tape().carry(carried, state);
        }
        Ok(concat(1, &outputs)?.typed())
    }
}

impl<C: Cost, const T: usize> Cost for Scan<C, T> {
    const PARAMETERS: usize = C::PARAMETERS;
    /// Of all steps; of one where their number is open.
    const FLOPS: u64 = if T == STEPS { C::FLOPS } else { C::FLOPS.saturating_mul(T as u64) };
}
