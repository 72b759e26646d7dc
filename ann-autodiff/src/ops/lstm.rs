//! The operation of long short-term memory over whole sequences.

use super::recurrent::{
    Direction, Sizes, add, add_product, exactly, initial, length, optional, piece, product_backward,
};
use crate::epilogue::{Epilogue, sigmoid};
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000 and, if
/// they are given, the peepholes of Gers and Schmidhuber 2000): `x [b, t, k]` gives `h [b, t, n]`.
///
/// ```text
/// i = sigmoid(W_i x + U_i h' + b_i + p_i c')    f = sigmoid(W_f x + U_f h' + b_f + p_f c')
/// g = tanh(W_g x + U_g h' + b_g)                c = f c' + i g
/// o = sigmoid(W_o x + U_o h' + b_o + p_o c)     h = o tanh(c)
/// ```
///
/// with `h'`, `c'` those of the step before. Inputs: `x`, `W [4n, k]`, `U [4n, n]`, `b [4n]` in the order i, f, g, o; the peepholes
/// `[3n]` in the order i, f, o; `h` and `c` before the first step, each `[b, n]`; how many steps of each sequence are no padding
/// `[b]`. The last four may be left out as `[0]`: none, zeros, and all steps. So may `W`, where `x` is `W x` already.
///
/// Steps of padding are neither read nor learned from, the output there is 0. A sequence whose length is no whole number from 1
/// to `t` has NaN as its output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lstm {
    /// Which way the sequences are read.
    pub direction: Direction,
    /// What is given out.
    pub output: LstmOutput,
}

/// What an [`Lstm`] gives out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LstmOutput {
    /// `h`, `[b, t, n]`.
    #[default]
    Hidden,
    /// `h`, then `c`: `[2, b, t, n]`. To carry the state to the next sequence.
    HiddenAndCell,
}

const PLAIN: Lstm = Lstm { direction: Direction::Forward, output: LstmOutput::Hidden };

impl Op<8> for Lstm {
    const NAME: &'static str = "lstm";
    const SAVES: Saves = Saves::inputs(&[0, 1, 2, 4, 5, 6, 7]).and_output();
    const ROLES: [Role; 8] = [
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Fixed,
    ];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "plain",
            op: PLAIN,
            inputs: &[
                Fill::normal(&[2, 4, 3]),
                Fill::normal(&[20, 3]),
                Fill::normal(&[20, 5]),
                Fill::normal(&[20]),
                Fill::normal(&[0]),
                Fill::normal(&[0]),
                Fill::normal(&[0]),
                Fill::normal(&[0]),
            ],
        },
        Case {
            name: "peepholes, states, lengths",
            op: PLAIN,
            inputs: &[
                Fill::normal(&[3, 4, 2]),
                Fill::normal(&[12, 2]),
                Fill::normal(&[12, 3]),
                Fill::normal(&[12]),
                Fill::normal(&[9]),
                Fill::normal(&[3, 3]),
                Fill::normal(&[3, 3]),
                Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0])),
            ],
        },
        Case {
            name: "reverse, peepholes, states, lengths, the cell too",
            op: Self { direction: Direction::Reverse, output: LstmOutput::HiddenAndCell },
            inputs: &[
                Fill::normal(&[3, 4, 2]),
                Fill::normal(&[12, 2]),
                Fill::normal(&[12, 3]),
                Fill::normal(&[12]),
                Fill::normal(&[9]),
                Fill::normal(&[3, 3]),
                Fill::normal(&[3, 3]),
                Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0])),
            ],
        },
        Case {
            name: "the cell too",
            op: Self { direction: Direction::Forward, output: LstmOutput::HiddenAndCell },
            inputs: &[
                Fill::normal(&[2, 3, 1]),
                Fill::normal(&[8, 1]),
                Fill::normal(&[8, 2]),
                Fill::normal(&[8]),
                Fill::normal(&[0]),
                Fill::normal(&[0]),
                Fill::normal(&[2, 2]),
                Fill::normal(&[0]),
            ],
        },
        Case {
            name: "multiplied already",
            op: PLAIN,
            inputs: &[
                Fill::normal(&[2, 3, 8]),
                Fill::normal(&[0]),
                Fill::normal(&[8, 2]),
                Fill::normal(&[8]),
                Fill::normal(&[6]),
                Fill::normal(&[0]),
                Fill::normal(&[0]),
                Fill::of(&[2], Draw::These(&[2.0, 3.0])),
            ],
        },
        Case {
            name: "an empty batch",
            op: PLAIN,
            inputs: &[
                Fill::normal(&[0, 4, 2]),
                Fill::normal(&[12, 2]),
                Fill::normal(&[12, 3]),
                Fill::normal(&[12]),
                Fill::normal(&[9]),
                Fill::normal(&[0, 3]),
                Fill::normal(&[0, 3]),
                Fill::normal(&[0]),
            ],
        },
    ];

    fn shape(
        &self,
        [x, w_ih, w_hh, bias, peephole, h0, c0, lengths]: [Extents; 8],
    ) -> Result<Extents, String> {
        let sizes = Sizes::checked(x, w_ih, w_hh, 4)?;
        exactly("the bias", bias, &[4 * sizes.n])?;
        optional("the peepholes", peephole, &[3 * sizes.n])?;
        sizes.state("the initial state", h0)?;
        sizes.state("the initial cell", c0)?;
        sizes.lengths(lengths)?;
        match self.output {
            LstmOutput::Hidden => Ok(sizes.output()),
            LstmOutput::HiddenAndCell => Ok(Extents::constant(&[2, sizes.b, sizes.t, sizes.n])),
        }
    }

    // The gates after their functions, and c, of each step.
    fn kept(&self, [x, _, w_hh, ..]: [Extents; 8]) -> usize {
        let Sizes { b, t, n, .. } = Sizes::of(x, w_hh);
        b * t * 5 * n
    }

    fn forward<T: Scalar>(
        &self,
        [x, w_ih, w_hh, bias, peephole, h0, c0, lengths]: [View<'_, T>; 8],
        mut y: Output<'_, T>,
    ) {
        let Sizes { b, t, k, n } = Sizes::of(x.extents, w_hh.extents);
        y.kept.fill(T::ZERO);
        y.fill(T::ZERO);
        let (all_gates, all_cells) = y.kept.split_at_mut(b * t * 4 * n);
        let (all_h, all_c) = y.data.split_at_mut(b * t * n);
        let peep = |gate: usize, j: usize| peephole.get(gate * n + j).copied().unwrap_or(T::ZERO);
        for row in 0..b {
            let Some(length) = length(&lengths, row, t) else {
                piece(all_h, row, t * n).fill(T::NAN);
                piece(all_c, row, t * n).fill(T::NAN);
                continue;
            };
            let (mut h, mut c) = (initial(h0, row, n), initial(c0, row, n));
            for step in self.direction.steps(length) {
                let at = row * t + step;
                let gates = piece(all_gates, at, 4 * n);
                gates.copy_from_slice(&bias);
                add_product(&w_ih, &x[at * k..][..k], gates);
                add_product(&w_hh, &h, gates);
                for j in 0..n {
                    let i = sigmoid(gates[j] + peep(0, j) * c[j]);
                    let f = sigmoid(gates[n + j] + peep(1, j) * c[j]);
                    let g = gates[2 * n + j].tanh();
                    c[j] = f * c[j] + i * g;
                    let o = sigmoid(gates[3 * n + j] + peep(2, j) * c[j]);
                    h[j] = o * c[j].tanh();
                    [gates[j], gates[n + j], gates[2 * n + j], gates[3 * n + j]] = [i, f, g, o];
                }
                piece(all_cells, at, n).copy_from_slice(&c);
                piece(all_h, at, n).copy_from_slice(&h);
                add(piece(all_c, at, n), &c);
            }
        }
    }

    fn backward<T: Scalar>(
        &self,
        saved: Saved<'_, T, 8>,
        dy: &[T],
        [dx, dw_ih, dw_hh, db, dpeephole, dh0, dc0, _]: [&mut [T]; 8],
    ) {
        let [x, w_ih, w_hh, _, peephole, h0, c0, lengths] = saved.x;
        let Sizes { b, t, k, n } = Sizes::of(x.extents, w_hh.extents);
        let (all_gates, all_cells) = saved.kept.split_at(b * t * 4 * n);
        let (dy_h, dy_c) = dy.split_at(b * t * n);
        let peep = |gate: usize, j: usize| peephole.get(gate * n + j).copied().unwrap_or(T::ZERO);
        let mut dz = vec![T::ZERO; 4 * n];
        for row in 0..b {
            let Some(length) = length(&lengths, row, t) else { continue };
            let (first_h, first_c) = (initial(h0, row, n), initial(c0, row, n));
            let (mut dh, mut dc) = (vec![T::ZERO; n], vec![T::ZERO; n]);
            for step in self.direction.steps(length).rev() {
                let at = row * t + step;
                let gates = &all_gates[at * 4 * n..][..4 * n];
                let (h, c) = match self.direction.before(step, length) {
                    Some(before) => {
                        let from = (row * t + before) * n;
                        (&saved.y[from..][..n], &all_cells[from..][..n])
                    }
                    None => (&first_h[..], &first_c[..]),
                };
                for j in 0..n {
                    let [i, f, g, o] = [gates[j], gates[n + j], gates[2 * n + j], gates[3 * n + j]];
                    let new = all_cells[at * n + j];
                    let squashed = new.tanh();
                    let dh_j = dy_h[at * n + j] + dh[j];
                    let do_ = Epilogue::Sigmoid.through(dh_j * squashed, o);
                    let dc_j = dc[j]
                        + dy_c.get(at * n + j).copied().unwrap_or(T::ZERO)
                        + Epilogue::Tanh.through(dh_j * o, squashed)
                        + do_ * peep(2, j);
                    let di = Epilogue::Sigmoid.through(dc_j * g, i);
                    let df = Epilogue::Sigmoid.through(dc_j * c[j], f);
                    let dg = Epilogue::Tanh.through(dc_j * i, g);
                    dc[j] = dc_j * f + di * peep(0, j) + df * peep(1, j);
                    [dz[j], dz[n + j], dz[2 * n + j], dz[3 * n + j]] = [di, df, dg, do_];
                    if !dpeephole.is_empty() {
                        dpeephole[j] += di * c[j];
                        dpeephole[n + j] += df * c[j];
                        dpeephole[2 * n + j] += do_ * new;
                    }
                }
                add(db, &dz);
                product_backward(&w_ih, &x[at * k..][..k], &dz, dw_ih, piece(dx, at, k));
                dh.fill(T::ZERO);
                product_backward(&w_hh, h, &dz, dw_hh, &mut dh);
            }
            add(piece(dh0, row, n), &dh);
            add(piece(dc0, row, n), &dc);
        }
    }
}
