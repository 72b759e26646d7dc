//! Several tensors one after the other.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// The inputs one after the other along an axis; all other axes are the same. Two to eight of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concat {
    /// The axis.
    pub axis: usize,
}

impl Concat {
    /// Numbers of each line that one input has.
    fn length(self, x: Extents) -> usize {
        x[self.axis..].iter().product()
    }
}

macro_rules! concat {
    ($n:literal: $($fill:expr),+) => {
        impl Op<$n> for Concat {
            const NAME: &'static str = "concat";
            const SAVES: Saves = Saves::NOTHING;
            const ROLES: [Role; $n] = [Role::Differentiable; $n];
            const CASES: &'static [Case<Self>] = &[
                Case { name: "second axis", op: Self { axis: 1 }, inputs: &[$($fill),+] },
                Case { name: "first axis", op: Self { axis: 0 }, inputs: &[Fill::normal(&[3, 2]); $n] },
                Case { name: "last axis", op: Self { axis: 2 }, inputs: &[Fill::normal(&[2, 1, 3]); $n] },
            ];

            fn shape(&self, x: [Extents; $n]) -> Result<Extents, String> {
                joined(self.axis, &x)
            }

            fn forward<T: Scalar>(&self, x: [View<'_, T>; $n], mut y: Output<'_, T>) {
                let whole = self.length(y.extents);
                let mut start = 0;
                for x in x {
                    let part = self.length(x.extents);
                    if part != 0 {
                        for (y, x) in y.chunks_exact_mut(whole).zip(x.chunks_exact(part)) {
                            y[start..start + part].copy_from_slice(x);
                        }
                    }
                    start += part;
                }
            }

            fn backward<T: Scalar>(&self, saved: Saved<'_, T, $n>, dy: &[T], dx: [&mut [T]; $n]) {
                let whole = self.length(saved.y.extents);
                let mut start = 0;
                for (x, dx) in saved.x.iter().zip(dx) {
                    let part = self.length(x.extents);
                    if part != 0 {
                        for (dy, dx) in dy.chunks_exact(whole).zip(dx.chunks_exact_mut(part)) {
                            for (dx, dy) in dx.iter_mut().zip(&dy[start..]) {
                                *dx += *dy;
                            }
                        }
                    }
                    start += part;
                }
            }
        }
    };
}

const A: Fill = Fill::normal(&[2, 3, 2]);
const B: Fill = Fill::normal(&[2, 1, 2]);

concat!(2: A, B);
concat!(3: A, B, A);
concat!(4: A, B, A, B);
concat!(5: A, B, A, B, A);
concat!(6: A, B, A, B, A, B);
concat!(7: A, B, A, B, A, B, A);
concat!(8: A, B, A, B, A, B, A, B);

fn joined(axis: usize, x: &[Extents]) -> Result<Extents, String> {
    let mut sizes = x[0].to_vec();
    if sizes.len() <= axis {
        return Err(format!("there is no axis {axis}"));
    }
    sizes[axis] = 0;
    for x in x {
        let fits = x.len() == sizes.len() && (0..sizes.len()).all(|i| i == axis || x[i] == sizes[i]);
        if !fits {
            return Err(format!("all axes but {axis} have to be the same"));
        }
        sizes[axis] += x[axis];
    }
    Extents::new(&sizes).map_err(|error| error.to_string())
}
