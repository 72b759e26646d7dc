//! What layers are made of: products, convolution, pooling, normalization.

use crate::ops::{
    AvgPool2d, BatchNorm, Conv2d, Conv2dBias, ConvTranspose2d, ConvTranspose2dBias, GlobalAvgPool2d,
    LayerNorm, Linear, Lrn, LrnWithin, MatMul, MaxPool2d, Normalize, Pooling, Windows,
};
use crate::{Epilogue, Var};

impl<'t, S> Var<'t, S> {
    /// `x W^T + b`: `x [.., k]`, `W [n, k]`, `b [n]` give `[.., n]`. See [`Linear`].
    pub fn linear<A, B>(self, w: Var<'t, A>, b: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Linear::default(), [self.untyped(), w.untyped(), b.untyped()])
    }

    /// `x w`: `x [.., k]`, `w [k, n]` give `[.., n]`. See [`MatMul`].
    pub fn matmul<A>(self, w: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MatMul::default(), [self.untyped(), w.untyped()])
    }

    /// `x w^T`: `x [.., k]`, `w [n, k]` give `[.., n]`. See [`MatMul`].
    pub fn matmul_transposed<A>(self, w: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MatMul { transposed: true, ..MatMul::default() }, [self.untyped(), w.untyped()])
    }

    /// Convolution: images `[n, c, h, w]` and a weight `[o, c / groups, kh, kw]` give `[n, o, h', w']`. See [`Conv2d`] for
    /// the formulas.
    ///
    /// ```
    /// use ann_autodiff::{Tape, ops::Windows};
    ///
    /// let tape = Tape::new();
    /// let (x, w) = (tape.input(&[8, 3, 32, 32]), tape.parameter("w", &[16, 3, 5, 5]));
    /// let y = x.conv2d(w, Windows { stride: [2, 2], pad: [1, 1], ..Windows::UNIT });
    /// assert_eq!(y.extents()[..], [8, 16, 15, 15]);
    /// # tape.finish()?;
    /// # Ok::<(), ann_autodiff::Error>(())
    /// ```
    pub fn conv2d<A>(self, w: Var<'t, A>, windows: Windows) -> Var<'t> {
        self.tape.apply(Conv2d { windows }, [self.untyped(), w.untyped()])
    }

    /// [`conv2d`](Self::conv2d) with a bias `[o]`, one number for each channel of the output. See [`Conv2dBias`].
    pub fn conv2d_bias<A, B>(self, w: Var<'t, A>, b: Var<'t, B>, windows: Windows) -> Var<'t> {
        let op = Conv2dBias { windows, epilogue: Epilogue::None };
        self.tape.apply(op, [self.untyped(), w.untyped(), b.untyped()])
    }

    /// Transposed convolution: images `[n, c, h, w]` and a weight `[c, o / groups, kh, kw]` give `[n, o, h', w']`, where
    /// [`conv2d`](Self::conv2d) with the same windows would lead back. See [`ConvTranspose2d`] for the formulas.
    ///
    /// ```
    /// use ann_autodiff::{Tape, ops::Windows};
    ///
    /// let tape = Tape::new();
    /// let (x, w) = (tape.input(&[8, 16, 14, 14]), tape.parameter("w", &[16, 3, 4, 4]));
    /// let y = x.conv_transpose2d(w, Windows { stride: [2, 2], pad: [1, 1], ..Windows::UNIT });
    /// assert_eq!(y.extents()[..], [8, 3, 28, 28]);
    /// # tape.finish()?;
    /// # Ok::<(), ann_autodiff::Error>(())
    /// ```
    pub fn conv_transpose2d<A>(self, w: Var<'t, A>, windows: Windows) -> Var<'t> {
        self.tape.apply(ConvTranspose2d { windows }, [self.untyped(), w.untyped()])
    }

    /// [`conv_transpose2d`](Self::conv_transpose2d) with a bias `[o]`, one number for each channel of the output.
    pub fn conv_transpose2d_bias<A, B>(self, w: Var<'t, A>, b: Var<'t, B>, windows: Windows) -> Var<'t> {
        self.tape.apply(ConvTranspose2dBias { windows }, [self.untyped(), w.untyped(), b.untyped()])
    }

    /// The largest element of each window, NaN if there is one in it: `[n, c, h, w]` gives `[n, c, h', w']`. See
    /// [`MaxPool2d`].
    ///
    /// ```
    /// use ann_autodiff::{Tape, ops::Pooling};
    ///
    /// let tape = Tape::new();
    /// let windows = Pooling { kernel: [3, 3], stride: [2, 2], pad: [0, 0], ceil: true };
    /// assert_eq!(tape.input(&[8, 16, 28, 28]).max_pool2d(windows).extents()[..], [8, 16, 14, 14]);
    /// ```
    pub fn max_pool2d(self, windows: Pooling) -> Var<'t> {
        self.map(MaxPool2d { windows })
    }

    /// The mean of each window: `[n, c, h, w]` gives `[n, c, h', w']`. See [`AvgPool2d`] for what counts at the edges.
    pub fn avg_pool2d(self, windows: Pooling) -> Var<'t> {
        self.map(AvgPool2d { windows })
    }

    /// The mean of each channel: `[n, c, h, w]` gives `[n, c]`. See [`GlobalAvgPool2d`].
    pub fn global_avg_pool2d(self) -> Var<'t> {
        self.map(GlobalAvgPool2d)
    }

    /// Local response normalization of `[n, c, h, w]` across `size` channels, an odd number. See [`Lrn`] for the formula;
    /// Krizhevsky et al. have `size` 5, `alpha` 5e-4 (1e-4 for each channel), `beta` 0.75, `k` 2.
    pub fn lrn(self, size: usize, alpha: f64, beta: f64, k: f64) -> Var<'t> {
        self.map(Lrn { size, alpha, beta, k })
    }

    /// Local response normalization of `[n, c, h, w]` within each channel, over windows of `size` x `size`. See [`LrnWithin`].
    pub fn lrn_within_channel(self, size: usize, alpha: f64, beta: f64, k: f64) -> Var<'t> {
        self.map(LrnWithin { size, alpha, beta, k })
    }

    /// Batch normalization by the batch's own statistics, towards which the running ones move: `[n, c, h, w]` or `[.., c]`, and
    /// four vectors `[c]`. `eps` is added to the variance; 1e-5 is usual. See [`BatchNorm`].
    pub fn batch_norm(
        self,
        weight: Var<'t>,
        bias: Var<'t>,
        mean: Var<'t>,
        variance: Var<'t>,
        eps: f64,
    ) -> Var<'t> {
        self.tape.apply(BatchNorm { eps }, [self.untyped(), weight, bias, mean, variance])
    }

    /// Batch normalization by given statistics, as at prediction; sizes as of [`batch_norm`](Self::batch_norm). See
    /// [`Normalize`].
    pub fn normalize(
        self,
        weight: Var<'t>,
        bias: Var<'t>,
        mean: Var<'t>,
        variance: Var<'t>,
        eps: f64,
    ) -> Var<'t> {
        self.tape.apply(Normalize { eps }, [self.untyped(), weight, bias, mean, variance])
    }

    /// Layer normalization over the last `axes` axes, without weights; `eps` is added to the variance. See [`LayerNorm`].
    pub fn layer_norm(self, axes: usize, eps: f64) -> Var<'t> {
        self.map(LayerNorm { axes, eps })
    }
}
