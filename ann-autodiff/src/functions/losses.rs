//! Losses: each the mean over the batch, a single number.

use crate::Var;
use crate::ops::{BinaryCrossEntropy, Huber, MeanAbsoluteError, MeanSquaredError, SoftmaxCrossEntropy};

impl<'t, S> Var<'t, S> {
    /// Cross-entropy of classes `[n]`, numbers from 0, on logits `[n, classes]`, in nats. `smoothing`, in `[0, 1]`, is how much
    /// of the truth is spread evenly over all classes. NaN if a class is none. See [`SoftmaxCrossEntropy`].
    ///
    /// ```
    /// use ann_autodiff::{Plan, Tape};
    ///
    /// let tape = Tape::new();
    /// let (logits, class) = (tape.input(&[1, 2]), tape.data(&[1]));
    /// let mut plan = Plan::<f64>::compile(&tape, Some(logits.softmax_cross_entropy(class, 0.0)), &[])?;
    /// plan.forward(&[])?;
    /// assert_eq!(plan.loss(), 2.0_f64.ln());          // two classes alike: a coin's surprise
    /// # Ok::<(), ann_autodiff::Error>(())
    /// ```
    pub fn softmax_cross_entropy<A>(self, classes: Var<'t, A>, smoothing: f64) -> Var<'t> {
        self.tape.apply(SoftmaxCrossEntropy { smoothing }, [self.untyped(), classes.untyped()])
    }

    /// The same with a weight for each row: `sum of w price / sum of w`. A row that counts nothing may hold anything.
    pub fn softmax_cross_entropy_weighted<A, W>(
        self,
        classes: Var<'t, A>,
        weights: Var<'t, W>,
        smoothing: f64,
    ) -> Var<'t> {
        let inputs = [self.untyped(), classes.untyped(), weights.untyped()];
        self.tape.apply(SoftmaxCrossEntropy { smoothing }, inputs)
    }

    /// The same with a weight for each row and one for each class, `[n]`, as PyTorch weights classes. See
    /// [`SoftmaxCrossEntropy`].
    pub fn softmax_cross_entropy_by_class<A, W, C>(
        self,
        classes: Var<'t, A>,
        rows: Var<'t, W>,
        weights: Var<'t, C>,
        smoothing: f64,
    ) -> Var<'t> {
        let inputs = [self.untyped(), classes.untyped(), rows.untyped(), weights.untyped()];
        self.tape.apply(SoftmaxCrossEntropy { smoothing }, inputs)
    }

    /// Cross-entropy of targets in `[0, 1]` on logits of the same sizes, in nats. See [`BinaryCrossEntropy`].
    pub fn binary_cross_entropy<A>(self, target: Var<'t, A>) -> Var<'t> {
        self.tape.apply(BinaryCrossEntropy, [self.untyped(), target.untyped()])
    }

    /// The same with weights of the rows, `sum of w price / sum of w`; a row that counts nothing may hold anything.
    pub fn binary_cross_entropy_weighted<A, W>(self, target: Var<'t, A>, weights: Var<'t, W>) -> Var<'t> {
        self.tape.apply(BinaryCrossEntropy, [self.untyped(), target.untyped(), weights.untyped()])
    }

    /// The mean of `(x - t)^2`, of two values of the same sizes. See [`MeanSquaredError`].
    pub fn mean_squared_error<A>(self, target: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MeanSquaredError, [self.untyped(), target.untyped()])
    }

    /// The same with weights of the rows, `sum of w price / sum of w`; a row that counts nothing may hold anything.
    pub fn mean_squared_error_weighted<A, W>(self, target: Var<'t, A>, weights: Var<'t, W>) -> Var<'t> {
        self.tape.apply(MeanSquaredError, [self.untyped(), target.untyped(), weights.untyped()])
    }

    /// The mean of `|x - t|`, of two values of the same sizes. See [`MeanAbsoluteError`].
    pub fn mean_absolute_error<A>(self, target: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MeanAbsoluteError, [self.untyped(), target.untyped()])
    }

    /// The same with weights of the rows, `sum of w price / sum of w`; a row that counts nothing may hold anything.
    pub fn mean_absolute_error_weighted<A, W>(self, target: Var<'t, A>, weights: Var<'t, W>) -> Var<'t> {
        self.tape.apply(MeanAbsoluteError, [self.untyped(), target.untyped(), weights.untyped()])
    }

    /// Huber's loss, of two values of the same sizes: quadratic up to a difference of `delta`, greater than 0, linear beyond. See
    /// [`Huber`].
    pub fn huber<A>(self, target: Var<'t, A>, delta: f64) -> Var<'t> {
        self.tape.apply(Huber { delta }, [self.untyped(), target.untyped()])
    }

    /// The same with weights of the rows, `sum of w price / sum of w`; a row that counts nothing may hold anything.
    pub fn huber_weighted<A, W>(self, target: Var<'t, A>, weights: Var<'t, W>, delta: f64) -> Var<'t> {
        self.tape.apply(Huber { delta }, [self.untyped(), target.untyped(), weights.untyped()])
    }
}
