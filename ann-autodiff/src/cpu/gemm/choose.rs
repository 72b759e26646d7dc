//! What is chosen for a product when a plan is compiled, from its sizes and strides alone.

use super::{K_BLOCK, PANELS, Product, Strides};
use crate::Scalar;
use crate::cpu::{Arithmetic, MatmulPrecision, isa::Isa};

/// B is read where it lies if its columns are adjacent and there are no more numbers than this.
const IN_PLACE: usize = 1 << 17;
/// Multiply-adds that are worth a task of their own: some microseconds.
const TASK: usize = 1 << 18;
/// Most numbers of B that are copied at once.
pub(super) const PACKED: usize = 1 << 18;

/// Steps of `k` between two visits to a tile, in equal parts.
pub(super) fn k_block(k: usize) -> usize {
    k.div_ceil(k.div_ceil(K_BLOCK).max(1)).max(1)
}

impl Product {
    /// The product of an `m` by `k` matrix by a `k` by `n` one.
    pub(crate) fn new<T: Scalar>(
        by: impl Into<Arithmetic>,
        [m, n, k]: [usize; 3],
        a: Strides,
        b: Strides,
        c: Strides,
    ) -> Self {
        let by = by.into();
        let plain = Self::unpacked::<T>(by, [m, n, k], a, b, c);
        let [a, b, c] = [b.transposed(), a.transposed(), c.transposed()];
        let swapped = Self { readable: m, swapped: true, ..Self::unpacked::<T>(by, [n, m, k], a, b, c) };
        for product in [plain, swapped] {
            if product.prefers_few::<T>() {
                return Self { few: true, ..product };
            }
        }
        if swapped.cost() < plain.cost() { swapped.packed() } else { plain.packed() }
    }

    /// The same with the operands as they are given, and B known to have `readable` columns, those beyond `n` anything.
    pub(crate) fn plain<T: Scalar>(
        by: impl Into<Arithmetic>,
        sizes: [usize; 3],
        a: Strides,
        b: Strides,
        c: Strides,
        readable: usize,
    ) -> Self {
        Self { readable, ..Self::unpacked::<T>(by, sizes, a, b, c) }.packed()
    }

    pub(super) fn unpacked<T: Scalar>(
        by: impl Into<Arithmetic>,
        [m, n, k]: [usize; 3],
        a: Strides,
        b: Strides,
        c: Strides,
    ) -> Self {
        let Arithmetic { isa, precision } = by.into();
        let tiles = T::tiles(isa);
        let (height, width) = (tiles.height, tiles.width);
        let product = Self {
            isa,
            m,
            n,
            k,
            a,
            b,
            c,
            readable: n,
            swapped: false,
            few: false,
            height,
            width,
            k_block: k_block(k),
            packed: 0,
            depth: k,
            own: 0,
            parts: 1,
            task: [m, n],
            unpaired: None,
            panels_of_a: 0,
        };
        match precision {
            MatmulPrecision::Full => product,
            MatmulPrecision::Bf16 => product.paired::<T>(),
        }
    }

    fn packed(mut self) -> Self {
        if self.prefers_own_panels() {
            self.own = self.n_panels();
            self.task = [self.m.max(1), self.own * self.width];
            return self;
        }
        if !self.reads_in_place() {
            let whole = self.n.next_multiple_of(self.width);
            self.packed = whole;
            if PACKED < whole * self.k {
                self.depth = self.k_block;
                self.packed =
                    whole.min((PACKED / self.depth.max(1)).max(self.width) / self.width * self.width);
            }
        }
        self.task = self.cut();
        self
    }

    /// Numbers in a vector: B is read in place where its columns are a multiple of it.
    pub(crate) fn vector<T: Scalar>(isa: Isa) -> usize {
        T::tiles(isa).width / 2
    }

    /// Roughly the time it takes, in eighths of a cycle.
    fn cost(&self) -> usize {
        let half = self.width / 2;
        let vectors = self.n.div_ceil(half);
        let columns = vectors * half;
        let tiles = 8 * self.k * vectors * self.m.max(2);
        let b = match (self.reads_in_place(), self.b.column) {
            (true, _) => 0,
            (false, 1) => self.k * columns,
            // Transposed in registers; what is shared waits for the last thread and is fetched from another's cache.
            (false, _) if self.prefers_own_panels() => 6 * self.k * columns,
            (false, _) => 10 * self.k * columns,
        };
        let a =
            if self.a.column == 1 { 0 } else { 3 * self.k * self.m * columns.div_ceil(PANELS * self.width) };
        let c = if self.c.column == 1 { 0 } else { 12 * self.m * self.n * self.k.div_ceil(K_BLOCK) };
        tiles + a + b + c
    }

    pub(super) fn reads_in_place(&self) -> bool {
        self.b.column == 1
            && self.n.next_multiple_of(self.width / 2) <= self.readable
            && self.k * self.n <= IN_PLACE
            && self.unpaired.is_none()
    }

    /// How C is cut into tasks: by size alone.
    pub(super) fn cut(&self) -> [usize; 2] {
        let n_tasks = (self.m * self.n * self.k / TASK).clamp(1, 32);
        let by_rows = n_tasks.min(self.m.div_ceil(self.height)).max(1);
        let rows = self.m.div_ceil(by_rows).next_multiple_of(self.height);
        let by_columns = (n_tasks / self.m.div_ceil(rows).max(1)).max(1);
        let columns = self.n.div_ceil(by_columns).next_multiple_of(self.width).min(PANELS * self.width);
        [rows.max(1), columns.max(1)]
    }
}
