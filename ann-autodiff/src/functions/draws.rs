//! Random draws, and values that are taken as they are: no gradient flows through either.

use crate::Var;
use crate::ops::{Bernoulli, Detach};

impl<'t, S> Var<'t, S> {
    /// 1 with this probability, else 0; see [`Bernoulli`]. Each call draws from random numbers of its own.
    ///
    /// ```
    /// use ann_autodiff::{Plan, Tape};
    ///
    /// let tape = Tape::new();
    /// let p = tape.data(&[3]);
    /// let mut plan = Plan::<f32>::compile(&tape, None, &[p.bernoulli()])?;
    /// plan.input_mut(0).copy_from_slice(&[0.0, 1.0, 0.0]);
    /// plan.forward(&[])?;
    /// assert_eq!(plan.output(0), [0.0, 1.0, 0.0]);
    /// # Ok::<(), ann_autodiff::Error>(())
    /// ```
    pub fn bernoulli(self) -> Var<'t> {
        self.map(Bernoulli { stream: self.tape.stream() })
    }

    /// Normal numbers of variance 1 around this mean: [noise](Self::gaussian_noise) on what no gradient passes. Each call draws from
    /// random numbers of its own.
    pub fn draw_normal(self) -> Var<'t> {
        self.detach().gaussian_noise(1.0)
    }

    /// The same, taken for data by all that comes after; see [`Detach`].
    pub fn detach(self) -> Var<'t> {
        self.map(Detach)
    }
}
