//! The dense layer: three matrix products.

use super::activation::{PIECE, finish_rows, through};
use super::gemm::{Into, Product, Repeated, Strides, Strips, Subsets};
use super::isa::Loop;
use super::parts::{Part, deal};
use super::rows::add_columns;
use crate::backend::{Backward, Forward, HandOver, Hold};
use crate::{Cpu, Epilogue, Extents, Kernel, MatmulPrecision, Scalar, Taker, ops};

/// Most weights of a small layer, and multiply-adds of each of its products. Half of a larger weight, its gradient and what its update
/// needs are better in the cache of each thread.
const SMALL: [usize; 2] = [1 << 17, 1 << 20];

/// `y = f(x W^T + b)`
#[derive(Debug)]
pub(super) struct Linear {
    cpu: Cpu,
    epilogue: Epilogue,
    n: usize,
    is_small: bool,
    /// Numbers of dz, where it is not dy itself.
    room: usize,
    forward: Product,
    by_input: Product,
    by_weight: Product,
    by_strips: Option<ByStrips>,
    packed: Option<Packed>,
}

impl Linear {
    pub(super) fn new<T: Scalar>(cpu: &Cpu, epilogue: Epilogue, x: Extents, w: Extents) -> Self {
        let (rows, n, k) = (x.rows(), w[0], w[1]);
        let (by_k, by_n) = (Strides::rows(k), Strides::rows(n));
        let strips = Strips::new::<T>(cpu, [n, k, rows], by_n.transposed(), by_k);
        let packed = Packed::new::<T>(cpu, [rows, n, k]);
        let room = if epilogue == Epilogue::None { 0 } else { rows * n };
        Self {
            cpu: cpu.clone(),
            epilogue,
            n,
            is_small: n * k <= SMALL[0] && rows * n * k <= SMALL[1],
            room,
            // y = x W^T, dx = dz W, dW = dz^T x
            forward: Product::new::<T>(cpu, [rows, n, k], by_k, by_k.transposed(), by_n),
            by_input: Product::new::<T>(cpu, [rows, k, n], by_n, by_k, by_k).in_halves(),
            by_weight: Product::new::<T>(cpu, [n, k, rows], by_n.transposed(), by_k, by_k),
            by_strips: strips.map(|strips| ByStrips { cpu: cpu.clone(), room, strips }),
            packed,
        }
    }
}

impl<T: Scalar> Kernel<T> for Linear {
    fn scratch(&self) -> usize {
        let team = &self.cpu.team;
        let products = [self.forward, self.by_input, self.by_weight].map(|product| product.scratch_of(team));
        let strips = self.by_strips.as_ref().map_or(0, |by_strips| by_strips.strips.scratch_of(team));
        let packed = self.packed.as_ref().map_or(0, |packed| packed.product.scratch_of(team));
        self.room + products.into_iter().fold(strips.max(packed), usize::max)
    }

    fn is_small(&self) -> bool {
        self.is_small
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let (x, w, b) = (frame.x[0].data, frame.x[1].data, frame.x[2].data);
        let y = frame.y.data;
        match &self.packed {
            Some(packed) if !frame.held.is_empty() => {
                packed.product.parallel(team, x, frame.held, y, frame.scratch);
            }
            _ => self.forward.parallel(team, x, w, y, Into::Fresh, frame.scratch),
        }
        let piece = (PIECE / self.n.max(1)).max(1) * self.n;
        deal(team, y.len().div_ceil(piece.max(1)), [Part::of_task(y, piece)], |_, [y]| {
            finish_rows(*isa, self.epilogue, y, b);
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let (x, w, y) = (frame.x[0].data, frame.x[1].data, frame.y.data);
        let [dx, dw, db] = frame.dx else { return };
        let (dz, scratch) = frame.scratch.split_at_mut(self.room);
        let dz = if dz.is_empty() {
            frame.dy
        } else {
            deal(team, dz.len().div_ceil(PIECE), [Part::of_task(dz, PIECE)], |number, [dz]| {
                let at = number * PIECE..number * PIECE + dz.len();
                through(*isa, self.epilogue, dz, &frame.dy[at.clone()], &y[at]);
            });
            &*dz
        };
        if db.is_wanted() {
            add_columns(&self.cpu, dz, self.n, 0, db);
        }
        if dw.is_wanted() {
            self.by_weight.parallel(team, dz, x, dw.data, Into::gradient(dw.fresh), scratch);
        }
        if dx.is_wanted() {
            self.by_input.parallel(team, dz, w, dx.data, Into::gradient(dx.fresh), scratch);
        }
    }

    fn holds(&self) -> Option<&dyn Hold<T>> {
        self.packed.as_ref().map(|packed| packed as &dyn Hold<T>)
    }

    fn hands_over(&self) -> Option<&dyn HandOver<T>> {
        self.by_strips.as_ref().map(|by_strips| by_strips as &dyn HandOver<T>)
    }
}

/// The product by a weight that stays the same, in panels.
#[derive(Debug)]
struct Packed {
    cpu: Cpu,
    product: Repeated,
}

impl Packed {
    /// Most rows: with more the weight is read so often that a copy more does not matter.
    const ROWS: usize = 32;
    /// Most numbers of a weight: with more, memory would be the price and hardly faster.
    const NUMBERS: usize = 1 << 20;

    fn new<T: Scalar>(cpu: &Cpu, [rows, n, k]: [usize; 3]) -> Option<Self> {
        // A library sums in an order of its own.
        let is_ours = !cfg!(any(feature = "gemm", feature = "matrixmultiply"));
        let by_k = Strides::rows(k);
        (is_ours && rows <= Self::ROWS && n * k <= Self::NUMBERS).then(|| Self {
            cpu: cpu.clone(),
            product: Repeated::new::<T>(cpu, [rows, n, k], by_k, by_k.transposed(), Strides::rows(n)),
        })
    }
}

impl<T: Scalar> Hold<T> for Packed {
    fn input(&self) -> usize {
        1
    }

    fn numbers(&self) -> usize {
        self.product.packed()
    }

    fn hold(&self, parameter: &[T], held: &mut [T]) {
        self.product.pack(&self.cpu.team, parameter, held);
    }
}

/// The gradient by the weight, handed over strip by strip.
#[derive(Debug)]
struct ByStrips {
    cpu: Cpu,
    /// Where dz lies: that of [`Linear`].
    room: usize,
    strips: Strips,
}

impl<T: Scalar> HandOver<T> for ByStrips {
    fn input(&self) -> usize {
        1
    }

    fn hand_over(&self, frame: Backward<'_, '_, T>, taker: Taker<'_, T>) {
        let (dz, scratch) = frame.scratch.split_at_mut(self.room);
        let dz = if dz.is_empty() { frame.dy } else { &*dz };
        self.strips.hand_over(&self.cpu.team, dz, frame.x[0].data, taker, scratch);
    }
}

/// `y = x w`, or `y = x w^T`
#[derive(Debug)]
pub(super) struct MatMul {
    cpu: Cpu,
    transposed: bool,
    of_draws: Option<Subsets>,
    forward: Product,
    by_input: Product,
    by_weight: Product,
}

impl MatMul {
    pub(super) fn new<T: Scalar>(cpu: &Cpu, op: ops::MatMul, x: Extents, w: Extents) -> Self {
        let ops::MatMul { transposed, of_draws } = op;
        let (rows, k, lines) = (x.rows(), x.last(), Strides::rows(w[1]));
        let (n, w_at) = if transposed { (w[0], lines.transposed()) } else { (w[1], lines) };
        let (by_k, by_n) = (Strides::rows(k), Strides::rows(n));
        Self {
            cpu: cpu.clone(),
            transposed,
            // Pairs round what is multiplied, and take half the time.
            of_draws: if of_draws && !transposed && cpu.precision == MatmulPrecision::Full {
                Subsets::new(cpu.isa, [rows, n, k])
            } else {
                None
            },
            // y = x w, dx = dy w^T, dw = x^T dy, or dw^T = dy^T x
            forward: Product::new::<T>(cpu, [rows, n, k], by_k, w_at, by_n),
            by_input: Product::new::<T>(cpu, [rows, k, n], by_n, w_at.transposed(), by_k),
            by_weight: if transposed {
                Product::new::<T>(cpu, [n, k, rows], by_n.transposed(), by_k, lines)
            } else {
                Product::new::<T>(cpu, [k, n, rows], by_k.transposed(), by_n, lines)
            },
        }
    }
}

impl<T: Scalar> Kernel<T> for MatMul {
    fn scratch(&self) -> usize {
        let products =
            [self.forward, self.by_input, self.by_weight].map(|product| product.scratch_of(&self.cpu.team));
        let of_draws = self.of_draws.map_or(0, |subsets| subsets.scratch_of::<T>(&self.cpu.team));
        products.into_iter().fold(of_draws, usize::max)
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, w, y, team) = (frame.x[0].data, frame.x[1].data, frame.y.data, &self.cpu.team);
        if self.of_draws.is_some_and(|subsets| subsets.parallel(team, x, w, y, frame.scratch)) {
            return;
        }
        self.forward.parallel(team, x, w, y, Into::Fresh, frame.scratch);
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, w, dy, team) = (frame.x[0].data, frame.x[1].data, frame.dy, &self.cpu.team);
        let [dx, dw] = frame.dx else { return };
        if dw.is_wanted() {
            let (a, b) = if self.transposed { (dy, x) } else { (x, dy) };
            self.by_weight.parallel(team, a, b, dw.data, Into::gradient(dw.fresh), frame.scratch);
        }
        if dx.is_wanted() {
            self.by_input.parallel(team, dy, w, dx.data, Into::gradient(dx.fresh), frame.scratch);
        }
    }
}

/// Sums of the columns from `first` on, from the first row to the last.
pub(super) struct ColumnSums<'a, T> {
    pub(super) rows: &'a [T],
    pub(super) width: usize,
    pub(super) first: usize,
    pub(super) sums: &'a mut [T],
    pub(super) fresh: bool,
}

impl<T: Scalar> Loop for ColumnSums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.fresh {
            self.sums.fill(T::ZERO);
        }
        for row in self.rows.chunks_exact(self.width.max(1)) {
            for (sum, value) in self.sums.iter_mut().zip(&row[self.first..]) {
                *sum += *value;
            }
        }
    }
}
