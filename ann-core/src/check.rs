//! Gradients of the user's own parts against finite differences, in `f64`.
//!
//! Whatever is composed of the operations of a tape has the right gradient by itself. An operation of one's own, a slope written
//! by hand may be wrong, and a wrong gradient often trains nearly as well; so hold it against differences once, in a test.
//! Operations alone: [`check_op`](crate::autodiff::check_op); formulas: [`check_gradient`](crate::autodiff::check_gradient).
//!
//! ```
//! use ann_core::{Activation, check::check_activation};
//!
//! /// The square, with a mistake in its slope.
//! #[derive(Debug)]
//! struct Square;
//!
//! impl Activation for Square {
//!     fn value(&self, x: f64) -> f64 {
//!         x * x
//!     }
//!     fn slope(&self, x: f64) -> f64 {
//!         x
//!     }
//! }
//!
//! let error = check_activation(&Square).unwrap_err().to_string();
//! assert!(error.starts_with("the gradient of `Square` by x, at -7.95375, is -7.95375e0, finite differences give"), "{error}");
//! ```

use ann_autodiff::random::Random;
use ann_autodiff::{Activation, STEPS, Shaped, Tape, Var, check_recorded, check_slope};

use crate::data::{Examples, Target};
use crate::error::require;
use crate::layer::{Flow, Layer};
use crate::recorder::{Mode, Recorder};
use crate::regularizer::Regularizer;
use crate::{Error, Loss, Result};

/// Examples that a layer is checked on; an odd number, more than one for the sake of those that look at the whole batch.
const BATCH: usize = 3;

/// Checks the slope of an activation against differences of its value, at 128 places from -8 to 8, none of them within 0.04 of a
/// multiple of 1/8, where functions like to have kinks; and that NaN stays NaN.
///
/// # Errors
/// [`Gradient`](ann_autodiff::Error::Gradient): at which place it differs, and by how much.
pub fn check_activation(activation: &dyn Activation) -> Result<()> {
    let of_nan = activation.value(f64::NAN);
    require(of_nan.is_nan(), "an activation", "value(NaN)", of_nan, "it has to be NaN")?;
    let what = format!("`{activation:?}`");
    Ok(check_slope(&what, |x| activation.value(x), |x| activation.slope(x), &places())?)
}

/// Checks the slope of a regularizer against differences of its penalty, at the places of [`check_activation`]; its settings
/// before.
///
/// # Errors
/// What [`validate`](Regularizer::validate) refuses; [`Gradient`](ann_autodiff::Error::Gradient): at which weight the slope
/// differs, and by how much.
pub fn check_regularizer(regularizer: &dyn Regularizer) -> Result<()> {
    regularizer.validate()?;
    let what = format!("`{regularizer:?}`");
    Ok(check_slope(&what, |w| regularizer.penalty(w), |w| regularizer.slope(w), &places())?)
}

/// Checks the gradient of a loss by the network's output, at these outputs and targets: class numbers or values as they lie in a
/// batch, one after the other. Choose them away from the loss's kinks.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::{check::check_loss, data::Examples, loss::CrossEntropy};
///
/// let output: Examples<Rank1<3>, f64> = Examples::from_vec(vec![0.5, -1.0, 2.0, 0.0, 0.3, -0.7])?;
/// check_loss(&CrossEntropy::new().label_smoothing(0.1), &output, &[2.0, 0.0])?;
/// # Ok::<(), ann_core::Error>(())
/// ```
///
/// # Errors
/// [`Gradient`](ann_autodiff::Error::Gradient): by which element it differs, and by how much. What the loss refuses; a number of
/// targets that does not fit.
pub fn check_loss<O: Shaped, L: Loss<O>>(loss: &L, output: &Examples<O, f64>, target: &[f64]) -> Result<()> {
    let with_batch = |dims: &[usize]| [&[output.len()], dims].concat();
    // Sizes that are open are those of the output; so is the length of a sequence, which comes first.
    let target_dims: Vec<usize> = match L::Target::DIMS {
        None => output.dims().to_vec(),
        Some(dims) => dims.iter().map(|dim| if *dim == STEPS { output.dims()[0] } else { *dim }).collect(),
    };
    let tape = Tape::new();
    let recorder = Recorder::new(&tape, Mode::Training);
    let y = tape.input(&with_batch(output.dims())).typed();
    let t = tape.data(&with_batch(&target_dims));
    let value = loss.record(&recorder, y, t)?;
    let inputs = [("the output", output.as_slice()), ("the target", target)];
    Ok(check_recorded(&format!("`{loss:?}`"), &tape, value, &[], &inputs)?)
}

/// Checks the gradients of a layer, or of a whole network: by its inputs and by each of its parameters, for training and for
/// prediction. `inputs` are the sizes of one example of each input, without the batch.
///
/// The output is weighted by random numbers to a single one; inputs are random numbers from -2 to 2, parameters lie about what
/// their initializers say. A value may lie on a kink by chance, where there is no gradient to speak of: an error is what
/// differs with each of three draws.
///
/// ```
/// use ann_core::autodiff::{Rank1, Var};
/// use ann_core::{Initial, Layer, Recorder, Result, check::check_layer};
///
/// /// `y = x tanh(w)`, a weight a feature.
/// struct Gate<const N: usize>;
///
/// impl<const N: usize> Layer for Gate<N> {
///     type Input = Rank1<N>;
///     type Output = Rank1<N>;
///
///     fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
///         Ok((x * tape.parameter("weight", &[N], &Initial::constant(1.0)).tanh()).typed())
///     }
/// }
///
/// check_layer(&Gate::<5>, &[&[5]])?;
/// # Ok::<(), ann_core::Error>(())
/// ```
///
/// # Errors
/// [`Gradient`](ann_autodiff::Error::Gradient): of which layer, by which element of which input or parameter it differs, and by how
/// much. What the layer refuses.
pub fn check_layer<L: Layer + ?Sized>(layer: &L, inputs: &[&[usize]]) -> Result<()> {
    for mode in [Mode::Training, Mode::Prediction] {
        let mut draws = (1..=3).map(|seed| check_draw(layer, inputs, mode, Random::new(seed)));
        let first = draws.next().unwrap_or(Ok(()));
        let is_off = matches!(first, Err(Error::Tape(ann_autodiff::Error::Gradient { .. })));
        if !(is_off && draws.any(|draw| draw.is_ok())) {
            first?;
        }
    }
    Ok(())
}

/// Checks a layer on one draw of inputs and parameters.
fn check_draw<L: Layer + ?Sized>(layer: &L, inputs: &[&[usize]], mode: Mode, random: Random) -> Result<()> {
    let tape = Tape::new();
    let recorder = Recorder::new(&tape, mode);
    let vars: Vec<Var<'_>> = inputs.iter().map(|dims| tape.input(&[&[BATCH], *dims].concat())).collect();
    let x = L::Input::from_list(&vars).ok_or_else(|| {
        let name = name_of::<L>();
        Error::shape(format!("the inputs of `{name}`"), "sizes for each of its inputs", inputs.len())
    })?;
    tape.finish()?;
    let y = layer.record(&recorder, x)?.untyped();
    tape.finish()?;
    let weights: Vec<f64> = (0..y.extents().count()).map(|i| random.normal(i as u64)).collect();
    let loss = (y * tape.constant(&y.extents(), &weights)).sum();

    let layout = tape.layout();
    let mut parameters = vec![0.0; layout.len()];
    for (number, declared) in recorder.declared().iter().enumerate() {
        let Some(segment) = layout.segment(&declared.name) else { continue };
        let random = random.stream(1 + number as u64);
        let place = &mut parameters[segment.range()];
        let filled = declared.initial.initializer.fill(&segment.extents, random, place);
        filled.map_err(Error::of_parameter(&segment.name))?;
        if segment.trainable {
            // Off from what is special, as zeros and ones are.
            for (i, w) in place.iter_mut().enumerate() {
                *w += 0.1 * random.child(1).normal(i as u64);
            }
        }
    }
    let values: Vec<Vec<f64>> = vars
        .iter()
        .enumerate()
        .map(|(number, x)| {
            let random = random.child(1 + number as u64);
            (0..x.extents().count()).map(|i| 4.0 * random.uniform(i as u64) - 2.0).collect()
        })
        .collect();
    let names: Vec<String> = match values.len() {
        1 => vec!["the input".to_owned()],
        n => (0..n).map(|number| format!("input {number}")).collect(),
    };
    let given: Vec<(&str, &[f64])> =
        names.iter().zip(&values).map(|(name, values)| (name.as_str(), &values[..])).collect();
    Ok(check_recorded(&format!("`{}`", name_of::<L>()), &tape, loss, &parameters, &given)?)
}

/// A type's name without the modules it lies in: `Scale<8>`.
fn name_of<L: ?Sized>() -> &'static str {
    let name = std::any::type_name::<L>();
    let head = name.split('<').next().unwrap_or(name);
    &name[head.rfind("::").map_or(0, |at| at + 2)..]
}

/// Where slopes are checked.
fn places() -> Vec<f64> {
    (-64..64).map(|k| (f64::from(k) + 0.37) / 8.0).collect()
}

#[cfg(test)]
mod tests {
    use ann_autodiff::{Dyn, Extents, Op, Output, Rank1, Rank2, Role, Saved, Saves, Scalar, View};

    use super::*;
    use crate::data::Values;
    use crate::layer::Several;
    use crate::loss::{CrossEntropy, Huber};
    use crate::recorder::Initial;
    use crate::regularizer::{ElasticNet, L1, L2};

    /// `y = a x w`, of which the gradient by `x` and that by `w` are multiplied by factors: right ones are 1.
    #[derive(Clone, Debug, PartialEq)]
    struct Product {
        of_x: f64,
        of_w: f64,
    }

    impl Op<2> for Product {
        const NAME: &'static str = "product";
        const SAVES: Saves = Saves::INPUTS;
        const ROLES: [Role; 2] = [Role::Differentiable; 2];
        const CASES: &'static [ann_autodiff::Case<Self>] = &[];

        fn shape(&self, [x, _]: [Extents; 2]) -> std::result::Result<Extents, String> {
            Ok(x)
        }

        fn forward<T: Scalar>(&self, [x, w]: [View<'_, T>; 2], mut y: Output<'_, T>) {
            for (i, (x, y)) in x.iter().zip(y.iter_mut()).enumerate() {
                *y = *x * w[i % w.len()];
            }
        }

        fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, dw]: [&mut [T]; 2]) {
            let [x, w] = saved.x;
            for (i, (x, dy)) in x.iter().zip(dy).enumerate() {
                let at = i % w.len();
                if let Some(dx) = dx.get_mut(i) {
                    *dx += T::from_f64(self.of_x) * w[at] * *dy;
                }
                if let Some(dw) = dw.get_mut(at) {
                    *dw += T::from_f64(self.of_w) * *x * *dy;
                }
            }
        }
    }

    /// A layer of that operation; at prediction, with another factor of the gradient by `x`.
    struct Scale<const N: usize> {
        training: Product,
        prediction: Product,
    }

    impl<const N: usize> Layer for Scale<N> {
        type Input = Rank1<N>;
        type Output = Rank1<N>;

        fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
            let op = if tape.mode() == Mode::Training { &self.training } else { &self.prediction };
            let weight = tape.parameter("weight", &[N], &Initial::constant(1.0));
            Ok(tape.tape().apply(op.clone(), [x.untyped(), weight]).typed())
        }
    }

    fn scale(of_x: f64, of_w: f64, at_prediction: f64) -> Scale<5> {
        Scale { training: Product { of_x, of_w }, prediction: Product { of_x: at_prediction, of_w } }
    }

    fn said(result: Result<()>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_right_layer_passes_and_a_wrong_one_is_told_by_what_it_is_wrong() {
        check_layer(&scale(1.0, 1.0, 1.0), &[&[5]]).unwrap();
        for wrong in [-1.0, 0.0, 0.999] {
            let error = said(check_layer(&scale(wrong, 1.0, 1.0), &[&[5]]));
            assert!(error.starts_with("the gradient of `Scale<5>` by element "), "{error}");
            assert!(error.contains(" of the input, at "), "{error}");
            let error = said(check_layer(&scale(1.0, wrong, 1.0), &[&[5]]));
            assert!(error.starts_with("the gradient of `Scale<5>` by element "), "{error}");
            assert!(error.contains(" of `weight`, at "), "{error}");
        }
        assert!(said(check_layer(&scale(1.0, 1.0, -1.0), &[&[5]])).contains("of the input"));
    }

    #[test]
    fn a_layer_with_kinks_passes() {
        struct Kinks;
        impl Layer for Kinks {
            type Input = Rank1<40>;
            type Output = Rank1<40>;

            fn record<'t>(&self, _: &Recorder<'t>, x: Var<'t, Rank1<40>>) -> Result<Var<'t, Rank1<40>>> {
                Ok((x * 7.0).sin().relu().typed())
            }
        }
        check_layer(&Kinks, &[&[40]]).unwrap();
    }

    #[test]
    fn sizes_that_are_not_the_layers_are_refused() {
        let error = said(check_layer(&scale(1.0, 1.0, 1.0), &[&[5], &[5]]));
        assert_eq!(error, "the inputs of `Scale<5>`: expected sizes for each of its inputs, found 2");
        assert!(check_layer(&scale(1.0, 1.0, 1.0), &[&[4]]).is_err());
    }

    #[test]
    fn the_built_in_layers_pass() {
        use crate::layers::{BatchNorm, Concat, Dense, Dropout, GaussianNoise};
        use ann_spec::{Dim, layers};
        let n = Dim::Known(4);
        let dense = layers::Dense { n, bias: true, tied: false };
        check_layer(&Dense::<Several, Dyn>::from_spec(dense), &[&[3]]).unwrap();
        check_layer(&Dense::<Several, Dyn>::from_spec(dense), &[&[6, 3]]).unwrap();
        let norm = BatchNorm::<Several, Dyn>::from_spec(layers::BatchNorm { affine: true });
        check_layer(&norm, &[&[2, 3, 2]]).unwrap();
        check_layer(&Concat::<Several, Dyn>::from_spec(layers::Concat {}), &[&[2], &[3]]).unwrap();
        check_layer(&Dropout::<Several, Dyn>::from_spec(layers::Dropout {}), &[&[7]]).unwrap();
        let noise = GaussianNoise::<Several, Dyn>::from_spec(layers::GaussianNoise {}).deviation(0.3);
        check_layer(&noise, &[&[7]]).unwrap();
    }

    /// The mean of squares by the operation above; right if the factor is 2, for its two inputs are one.
    #[derive(Clone, Debug)]
    struct Squares {
        factor: f64,
    }

    impl<const N: usize> Loss<Rank1<N>> for Squares {
        type Target = Values<Rank1<N>>;

        fn record<'t>(&self, tape: &Recorder<'t>, y: Var<'t, Rank1<N>>, t: Var<'t>) -> Result<Var<'t>> {
            let d = y - t;
            let op = Product { of_x: self.factor, of_w: 0.0 };
            Ok(tape.tape().apply(op, [d, d]).mean())
        }
    }

    #[test]
    fn a_loss_with_a_wrong_gradient_is_refused() {
        let output: Examples<Rank1<2>, f64> = Examples::from_vec(vec![0.5, -1.0, 2.0, 0.7]).unwrap();
        let target = [0.1, 0.2, -0.3, 0.4];
        check_loss(&Squares { factor: 2.0 }, &output, &target).unwrap();
        let error = said(check_loss(&Squares { factor: 1.0 }, &output, &target));
        assert!(
            error.starts_with("the gradient of `Squares { factor: 1.0 }` by element 0 of the output, at 0.5")
        );
        check_loss(&Huber { delta: 0.6 }, &output, &target).unwrap();
        check_loss(&CrossEntropy::new(), &output, &[1.0, 0.0]).unwrap();
        assert!(said(check_loss(&Squares { factor: 2.0 }, &output, &[1.0])).contains("expected 4"));
        assert!(said(check_loss(&CrossEntropy::new(), &output, &[1.0, 2.0])).contains("NaN"));
        let empty: Examples<Rank1<2>, f64> = Examples::from_vec(Vec::new()).unwrap();
        check_loss(&Squares { factor: 2.0 }, &empty, &[]).unwrap();
    }

    #[test]
    fn losses_of_open_sizes_take_those_of_the_output() {
        let dims = [3, 2];
        let output: Examples<Rank2<STEPS, 2>, f64> =
            Examples::from_vec_with_dims(vec![0.3; 12], &dims).unwrap();
        check_loss(&crate::loss::MeanSquaredError, &output, &[0.0; 12]).unwrap();
        let output: Examples<Dyn, f64> = Examples::from_vec_with_dims(vec![0.3; 12], &dims).unwrap();
        check_loss(&crate::loss::MeanSquaredError, &output, &[0.0; 12]).unwrap();
        // A class at each step.
        let output: Examples<Rank2<STEPS, 2>, f64> =
            Examples::from_vec_with_dims(vec![0.3; 12], &dims).unwrap();
        check_loss(&CrossEntropy::new(), &output, &[0.0, 1.0, 0.0, 0.0, 1.0, 1.0]).unwrap();
    }

    #[derive(Debug)]
    struct Bent {
        slope: f64,
        of_nan: f64,
    }

    impl Activation for Bent {
        fn value(&self, x: f64) -> f64 {
            if x.is_nan() { self.of_nan } else { x.max(0.25 * x) }
        }

        fn slope(&self, x: f64) -> f64 {
            if 0.0 < x { 1.0 } else { self.slope }
        }
    }

    #[test]
    fn activations_are_held_to_their_slope_and_to_nan() {
        check_activation(&Bent { slope: 0.25, of_nan: f64::NAN }).unwrap();
        let error = said(check_activation(&Bent { slope: -0.25, of_nan: f64::NAN }));
        assert!(
            error.contains("`Bent { slope: -0.25, of_nan: NaN }` by x, at -7.95375, is -2.5e-1"),
            "{error}"
        );
        let error = said(check_activation(&Bent { slope: 0.25, of_nan: 0.0 }));
        assert_eq!(error, "an activation: value(NaN) = 0 is refused: it has to be NaN");
    }

    #[derive(Debug)]
    struct Priced(f64);

    impl Regularizer for Priced {
        fn penalty(&self, w: f64) -> f64 {
            (w * w).ln_1p()
        }

        fn slope(&self, w: f64) -> f64 {
            self.0 * w / (1.0 + w * w)
        }
    }

    #[test]
    fn regularizers_are_held_to_their_slope_and_to_their_settings() {
        let fine: [&dyn Regularizer; 4] = [&Priced(2.0), &L1(0.3), &L2(0.3), &ElasticNet::new(0.3, 0.4)];
        for regularizer in fine {
            check_regularizer(regularizer).unwrap();
        }
        assert!(
            said(check_regularizer(&Priced(-2.0))).starts_with("the gradient of `Priced(-2.0)` by x, at ")
        );
        assert!(said(check_regularizer(&Priced(0.0))).starts_with("the gradient of `Priced(0.0)` by x, at "));
        assert!(said(check_regularizer(&L1(-1.0))).contains("strength = -1"));
    }
}
