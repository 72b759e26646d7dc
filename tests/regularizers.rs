//! What holds a network back, each by a figure that changes if its term is left out or has the wrong sign: penalties, bounds,
//! noise, smoothing, normalizers, clipping.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::Dtype;
use ann::initializer::Initializer;
use ann::optimizer::Clip;
use ann::prelude::*;
use ann::regularizer::{ElasticNet, Regularizer};

/// Weights by hand.
#[derive(Clone, Debug)]
struct These(&'static [f64]);

impl Initializer for These {
    fn fill(&self, _: &[usize], _: ann::autodiff::random::Random, values: &mut [f64]) -> Result<()> {
        values.copy_from_slice(self.0);
        Ok(())
    }
}

/// `strength * w^4`
#[derive(Clone, Debug)]
struct Quartic(f64);

impl Regularizer for Quartic {
    fn penalty(&self, w: f64) -> f64 {
        self.0 * w.powi(4)
    }

    fn slope(&self, w: f64) -> f64 {
        4.0 * self.0 * w.powi(3)
    }
}

network! {
    struct OnDense: [1] -> [2] {
        only: Dense(2, bias = false, init = These(&[2.0, -1.0]), regularizer = ElasticNet::new(0.5, 0.2)),
    }
    struct OnConv: [1, 1, 1] -> [1, 1, 1] {
        only: Conv2d(1, kernel = 1, bias_init = 3.0, init = 2.0, l1 = 0.1, l2 = 0.3, regularizer = Quartic(0.05)),
    }
    struct Bounded: [2, 1, 1] -> [2, 1, 1] {
        only: Conv2d(2, kernel = 1, bias_init = 9.0, init = These(&[3.0, -4.0, 0.3, 0.4]), max_norm = 1.0),
    }
    struct Dropped: [1] -> [1] { Dropout(0.25), only: Dense(1, bias = false, init = 1.0) }
    struct Between: [1] -> [1] { only: Dense(1, bias = false, init = 1.0), Dropout(0.25), Identity }
    struct Noisy: [1] -> [1] { GaussianNoise(0.5), only: Dense(1, bias = false, init = 1.0) }
    struct NoisyBehind: [1] -> [1] { only: Dense(1, bias = false, init = 1.0), GaussianNoise(0.5) }
    struct Wide: [300] -> [300] { GaussianNoise(0.5), only: Dense(300, init = 0.01) }
    struct Logits: [3] -> [3] { only: Dense(3, bias = false, init = These(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])) }
    struct Line: [2] -> [1] { only: Dense(1, bias = false, init = 0.0) }
    struct Layered: [4] -> [4] { norm: LayerNorm }
    struct Across: [3, 1, 2] -> [3, 1, 2] { Lrn(3, alpha = 0.6, beta = 0.5, k = 2.0) }
    struct Within: [2, 2, 2] -> [2, 2, 2] { Lrn(3, alpha = 0.6, beta = 0.5, k = 2.0, within_channel = true) }
    struct Batched: [2] -> [2] { norm: BatchNorm(momentum = 0.25), only: Dense(2) }
}

network! {
    struct FreeRnn: [3, 2] -> [3, 2] { only: Rnn(2) }
    struct HeldRnn: [3, 2] -> [3, 2] { only: Rnn(2, regularizer = Quartic(0.1)) }
    struct FreeGru: [3, 2] -> [3, 2] { only: Gru(2) }
    struct HeldGru: [3, 2] -> [3, 2] { only: Gru(2, l1 = 0.0, regularizer = Quartic(0.1)) }
    struct FreeLstm: [3, 2] -> [3, 2] { only: Lstm(2) }
    struct HeldLstm: [3, 2] -> [3, 2] { only: Lstm(2, regularizer = Quartic(0.1)) }
    struct FreeUp: [1, 2, 2] -> [2, 4, 4] { only: ConvTranspose2d(2, kernel = 2, stride = 2) }
    struct HeldUp: [1, 2, 2] -> [2, 4, 4] { only: ConvTranspose2d(2, kernel = 2, stride = 2, regularizer = Quartic(0.1)) }
}

type Pairs<I, O> = InMemory<I, Values<O>, f64>;

fn pairs<I: Shaped, O: Shaped>(x: Vec<f64>, y: Vec<f64>) -> Pairs<I, O> {
    InMemory::values(Examples::from_vec(x).unwrap(), Examples::from_vec(y).unwrap()).unwrap()
}

/// One step of plain descent on all examples at once: the loss it began with.
fn step<N, I, O>(net: &mut N, rate: f64, data: &Pairs<I, O>) -> f64
where
    N: Network<Input = I, Output = O>,
    I: Shaped,
    O: Shaped,
{
    let mut trainer = Trainer::new(MeanSquaredError, Sgd::new(rate)).epochs(1).batch(data.inputs.len());
    trainer.fit(net, data).unwrap().epochs()[0].loss
}

fn close(found: &[f64], expected: &[f64], allowed: f64) {
    assert_eq!(found.len(), expected.len());
    let off = found.iter().zip(expected).any(|(found, expected)| (found - expected).abs() > allowed);
    assert!(!off, "{found:?}, expected {expected:?}");
}

#[test]
fn an_elastic_net_is_in_the_loss_and_in_the_gradient() {
    // On x = 0 the loss is the penalty alone: 0.5 (0.2 |w| + 0.4 w^2) of 2 and of -1.
    let data = pairs(vec![0.0], vec![0.0, 0.0]);
    let mut net = OnDense::builder().precision(Dtype::F64).build();
    let loss = step(&mut net, 0.1, &data);
    close(&[loss], &[0.5 * (0.2 * 3.0 + 0.4 * 5.0)], 1e-14);
    // The slopes: 0.5 (0.2 sign w + 0.8 w).
    close(&net.parameter("only.weight").unwrap(), &[2.0 - 0.1 * 0.9, -1.0 + 0.1 * 0.5], 1e-14);
}

#[test]
fn the_penalties_of_a_convolution_add_up_and_leave_its_bias_alone() {
    let data = pairs(vec![0.0], vec![3.0]);
    let mut net = OnConv::builder().precision(Dtype::F64).build();
    // 0.1 |2| + 0.3 / 2 * 4 + 0.05 * 16; slopes 0.1 + 0.6 + 1.6.
    close(&[step(&mut net, 0.1, &data)], &[0.2 + 0.6 + 0.8], 1e-14);
    close(&net.parameter("only.weight").unwrap(), &[2.0 - 0.23], 1e-14);
    assert_eq!(net.parameter("only.bias").unwrap(), [3.0]);
}

/// The penalty of a layer is that of its weights and of nothing else, in the loss and in each gradient: against the same layer
/// without it.
fn held_by_its_weights<F, H, I, O>(free: &F, held: &H, data: &Pairs<I, O>, weights: &[&str])
where
    F: Network<Input = I, Output = O>,
    H: Network<Input = I, Output = O>,
    I: Shaped,
    O: Shaped,
{
    let price = Quartic(0.1);
    let mut trainer = Trainer::new(MeanSquaredError, Sgd::new(1.0));
    let (without, with) = (trainer.gradients(free, data).unwrap(), trainer.gradients(held, data).unwrap());
    let mut penalty = 0.0;
    for segment in held.layout().segments() {
        let name = &segment.name;
        let values = held.parameter(name).unwrap();
        assert_eq!(values, free.parameter(name).unwrap(), "the same seed gives both the same {name}");
        let is_weight = weights.contains(&name.as_str());
        let slope = |w: &f64| if is_weight { price.slope(*w) } else { 0.0 };
        let expected: Vec<f64> =
            without.get(name).unwrap().iter().zip(&values).map(|(g, w)| g + slope(w)).collect();
        close(with.get(name).unwrap(), &expected, 1e-14);
        penalty += if is_weight { values.iter().map(|w| price.penalty(*w)).sum() } else { 0.0 };
    }
    assert!(1e-3 < penalty, "{penalty}");
    close(&[with.loss], &[without.loss + penalty], 1e-14);
}

#[test]
fn every_layer_with_weights_takes_a_penalty_of_any_kind() {
    macro_rules! check {
        ($($free:ident $held:ident $count:literal -> $given:literal $weights:expr;)+) => { $({
            let x: Vec<f64> = (0..$count).map(|i| f64::from(i) * 0.3 - 1.0).collect();
            let data = pairs(x, vec![0.1; $given]);
            let free = $free::builder().precision(Dtype::F64).build();
            let held = $held::builder().precision(Dtype::F64).build();
            held_by_its_weights(&free, &held, &data, $weights);
        })+ };
    }
    check! {
        FreeRnn HeldRnn 12 -> 12 &["only.weight", "only.recurrent"];
        FreeGru HeldGru 12 -> 12 &["only.weight", "only.recurrent"];
        FreeLstm HeldLstm 12 -> 12 &["only.weight", "only.recurrent"];
        FreeUp HeldUp 8 -> 64 &["only.weight"];
    }
}

#[test]
fn a_largest_norm_shortens_a_filter_to_it_and_leaves_short_ones_and_the_bias() {
    let data = pairs(vec![0.0, 0.0], vec![9.0, 9.0]);
    let mut net = Bounded::builder().precision(Dtype::F64).build();
    step(&mut net, 0.1, &data);
    close(&net.parameter("only.weight").unwrap(), &[0.6, -0.8, 0.3, 0.4], 1e-14);
    assert_eq!(net.parameter("only.bias").unwrap(), [9.0, 9.0]);
}

/// Ten thousand ones, to be given back.
fn ones() -> Pairs<Rank1<1>, Rank1<1>> {
    pairs(vec![1.0; 10_000], vec![1.0; 10_000])
}

#[test]
fn dropout_drops_its_share_and_scales_the_rest_while_training_only() {
    // An element is 0 or 4/3: its square distance from 1 is p + (1 - p) (1/3)^2 = 1/3 in the mean, of deviation 0.39; five
    // standard errors are 0.02. Were the rest not scaled it would be 1/4. On the inputs and between layers.
    for precision in [Dtype::F32, Dtype::F64] {
        let mut net = Dropped::builder().precision(precision).build();
        close(&[step(&mut net, 0.0, &ones())], &[1.0 / 3.0], 0.02);
        assert!(net.predict(&ones().inputs).unwrap().as_slice().iter().all(|y| *y == 1.0));
        let mut net = Between::builder().precision(precision).build();
        close(&[step(&mut net, 0.0, &ones())], &[1.0 / 3.0], 0.02);
        assert!(net.predict(&ones().inputs).unwrap().as_slice().iter().all(|y| *y == 1.0));
    }
}

#[test]
fn what_is_dropped_learns_nothing_and_the_rest_as_much_more() {
    // d/dw of mean (m w - 1)^2 at w = 1: 2 (E m^2 - E m) = 2 (4/3 - 1) = 2/3, m being 0 or 4/3; five standard errors are 0.04.
    let mut net = Between::builder().precision(Dtype::F64).build();
    step(&mut net, 1.0, &ones());
    close(&net.parameter("only.weight").unwrap(), &[1.0 - 2.0 / 3.0], 0.04);
}

#[test]
fn noise_has_its_deviation_while_training_only() {
    // The mean of squares is 0.25, of deviation 0.25 sqrt 2; five standard errors are 0.018.
    for precision in [Dtype::F32, Dtype::F64] {
        let mut net = Noisy::builder().precision(precision).build();
        close(&[step(&mut net, 0.0, &ones())], &[0.25], 0.018);
        assert!(net.predict(&ones().inputs).unwrap().as_slice().iter().all(|y| *y == 1.0));
    }
    // Noise on the input is a ridge: d/dw of mean (w (1 + n) - 1)^2 at w = 1 is 2 E n^2 = 0.5 (Bishop 1995).
    let mut net = Noisy::builder().precision(Dtype::F64).build();
    step(&mut net, 1.0, &ones());
    close(&net.parameter("only.weight").unwrap(), &[0.5], 0.09);
}

#[test]
fn a_gradient_passes_noise_as_it_is() {
    // d/dw of mean (w + n - 0)^2 at w = 1 is 2 (1 + mean n); five standard errors of it are 0.05.
    let data = pairs(vec![1.0; 10_000], vec![0.0; 10_000]);
    let mut net = NoisyBehind::builder().precision(Dtype::F64).build();
    step(&mut net, 0.1, &data);
    close(&net.parameter("only.weight").unwrap(), &[1.0 - 0.2], 0.005);
}

#[test]
fn noise_is_drawn_anew_each_step_and_alike_on_any_number_of_threads() {
    // 90_000 elements: several pieces of work.
    let data: Pairs<Rank1<300>, Rank1<300>> = pairs(vec![1.0; 90_000], vec![3.0; 90_000]);
    for precision in [Dtype::F32, Dtype::F64] {
        let losses = |threads: usize, seed: u64| -> Vec<u64> {
            let mut net = Wide::builder().precision(precision).build();
            let trainer = Trainer::new(MeanSquaredError, Sgd::new(0.0)).epochs(3).batch(300).in_order();
            let history = trainer.seed(seed).threads(threads).fit(&mut net, &data).unwrap();
            history.epochs().iter().map(|epoch| epoch.loss.to_bits()).collect()
        };
        let one = losses(1, 7);
        assert!(one[0] != one[1] && one[1] != one[2]);
        assert_eq!(one, losses(2, 7));
        assert_eq!(one, losses(3, 7));
        assert_ne!(one, losses(1, 8));
    }
}

#[test]
fn smoothing_spreads_its_share_over_all_classes() {
    let logits = [2.0, 0.0, -1.0];
    let x: Examples<Rank1<3>, f64> = Examples::from_vec(logits.to_vec()).unwrap();
    let data: InMemory<Rank1<3>, Class<3>, f64> = InMemory::classes(x, &[0]).unwrap();
    let net = Logits::builder().precision(Dtype::F64).build();
    let loss = |smoothing: f64| {
        let loss = CrossEntropy::new().label_smoothing(smoothing);
        Trainer::new(loss, Sgd::new(0.1)).evaluate(&net, &data).unwrap().loss
    };
    let log = logits.iter().map(|x: &f64| x.exp()).sum::<f64>().ln();
    let price = logits.map(|x| log - x);
    close(&[loss(0.0)], &[price[0]], 1e-14);
    // 0.3 of the target is spread: 0.1 for each class.
    close(&[loss(0.3)], &[0.7 * price[0] + 0.1 * (price[0] + price[1] + price[2])], 1e-14);
}

#[test]
fn smoothing_is_in_the_gradient() {
    let x: Examples<Rank1<3>, f64> = Examples::from_vec(vec![1.0, 0.0, 0.0]).unwrap();
    let data: InMemory<Rank1<3>, Class<3>, f64> = InMemory::classes(x, &[1]).unwrap();
    let mut net = Logits::builder().precision(Dtype::F64).build();
    let loss = CrossEntropy::new().label_smoothing(0.3);
    Trainer::new(loss, Sgd::new(1.0)).epochs(1).batch(1).fit(&mut net, &data).unwrap();
    // w[j][0] -= p[j] - t[j], with the target (0.1, 0.8, 0.1).
    let (e, t) = ([1.0_f64.exp(), 1.0, 1.0], [0.1, 0.8, 0.1]);
    let weight = net.parameter("only.weight").unwrap();
    let (sum, column) = (e.iter().sum::<f64>(), [weight[0], weight[3], weight[6]]);
    let expected: Vec<f64> = (0..3).map(|j| [1.0, 0.0, 0.0][j] - (e[j] / sum - t[j])).collect();
    close(&column, &expected, 1e-14);
}

#[test]
fn clipping_bounds_what_a_step_moves() {
    // The gradient of (w x - 5)^2 at w = 0 and x = (3, 4) is -10 x = (-30, -40), of norm 50.
    let data: Pairs<Rank1<2>, Rank1<1>> = pairs(vec![3.0, 4.0], vec![5.0]);
    let moved = |clip: Option<Clip>| {
        let mut net = Line::builder().precision(Dtype::F64).build();
        let trainer = Trainer::new(MeanSquaredError, Sgd::new(1.0)).epochs(1).batch(1);
        let mut trainer = if let Some(clip) = clip { trainer.clip(clip) } else { trainer };
        trainer.fit(&mut net, &data).unwrap();
        net.parameter("only.weight").unwrap()
    };
    close(&moved(None), &[30.0, 40.0], 1e-12);
    close(&moved(Some(Clip::Norm(5.0))), &[3.0, 4.0], 1e-12);
    close(&moved(Some(Clip::Norm(500.0))), &[30.0, 40.0], 1e-12);
    close(&moved(Some(Clip::Value(35.0))), &[30.0, 35.0], 1e-12);
}

#[test]
fn a_layer_norm_has_mean_and_deviation_of_its_weights() {
    let mut net = Layered::builder().precision(Dtype::F64).build();
    net.set_parameter("norm.weight", &[1.0, 2.0, 3.0, 4.0]).unwrap();
    net.set_parameter("norm.bias", &[0.5, 0.0, -0.5, 1.0]).unwrap();
    let x: Examples<Rank1<4>, f64> = Examples::from_vec(vec![1.0, 2.0, 3.0, 6.0]).unwrap();
    // Mean 3, variance (4 + 1 + 0 + 9) / 4.
    let deviation = (3.5_f64 + 1e-5).sqrt();
    let expected = [-2.0 / deviation + 0.5, -2.0 / deviation, -0.5, 12.0 / deviation + 1.0];
    close(net.predict(&x).unwrap().as_slice(), &expected, 1e-14);
}

#[test]
fn local_response_across_channels_divides_by_neighbours() {
    let net = Across::builder().precision(Dtype::F64).build();
    let x: Examples<Rank3<3, 1, 2>, f64> = Examples::from_vec(vec![1.0, -1.0, 2.0, 0.5, 3.0, 4.0]).unwrap();
    // Channel by channel: the squares of it and of those beside it, times 0.6 / 3, plus 2, to the power 0.5.
    let by = |squares: f64| (2.0 + 0.2 * squares).sqrt();
    let expected = [
        1.0 / by(1.0 + 4.0),
        -1.0 / by(1.0 + 0.25),
        2.0 / by(1.0 + 4.0 + 9.0),
        0.5 / by(1.0 + 0.25 + 16.0),
        3.0 / by(4.0 + 9.0),
        4.0 / by(0.25 + 16.0),
    ];
    close(net.predict(&x).unwrap().as_slice(), &expected, 1e-14);
}

#[test]
fn local_response_within_a_channel_divides_by_the_window() {
    let net = Within::builder().precision(Dtype::F64).build();
    let x: Examples<Rank3<2, 2, 2>, f64> =
        Examples::from_vec(vec![1.0, 2.0, 3.0, 4.0, 0.0, 0.0, -5.0, 0.0]).unwrap();
    // Every window of 3 x 3 sees the whole image of 2 x 2, and is divided by its area of 9.
    let by = |squares: f64| (2.0 + 0.6 / 9.0 * squares).sqrt();
    let expected: Vec<f64> =
        x.as_slice().iter().enumerate().map(|(i, x)| x / by(if i < 4 { 30.0 } else { 25.0 })).collect();
    close(net.predict(&x).unwrap().as_slice(), &expected, 1e-14);
}

#[test]
fn running_statistics_lie_in_files_and_stand_still_at_prediction() {
    let data: Pairs<Rank1<2>, Rank1<2>> =
        pairs(vec![1.0, 5.0, 3.0, 5.5, 2.0, 9.0, 8.0, 1.0], vec![0.0, 1.0, 1.0, 0.0, 0.5, 0.5, 1.0, 1.0]);
    let folder = tempfile::tempdir().unwrap();
    let (checkpoint, file) = (folder.path().join("run"), folder.path().join("net.safetensors"));
    let trainer = |epochs: u64| {
        let trainer = Trainer::new(MeanSquaredError, Sgd::new(0.1)).epochs(epochs).batch(2).seed(3);
        trainer.checkpoint(&checkpoint).resume()
    };
    let statistics = |net: &Batched| {
        [net.parameter("norm.running_mean").unwrap(), net.parameter("norm.running_var").unwrap()].concat()
    };
    let mut net = Batched::builder().precision(Dtype::F64).build();
    trainer(3).fit(&mut net, &data).unwrap();
    let found = statistics(&net);
    assert!(found.iter().zip([0.0, 0.0, 1.0, 1.0]).all(|(found, first)| *found != first), "{found:?}");
    // Frozen while predicting and evaluating, and what a prediction says of an example does not depend on those beside it.
    let all = net.predict(&data.inputs).unwrap();
    Trainer::new(MeanSquaredError, Sgd::new(0.1)).evaluate(&net, &data).unwrap();
    assert_eq!(net.predict(&data.inputs.take(1)).unwrap().as_slice(), &all.as_slice()[..2]);
    assert_eq!(statistics(&net), found);
    // In the weights' file.
    net.save(&file).unwrap();
    let mut other = Batched::builder().seed(9).precision(Dtype::F64).build();
    other.load(&file).unwrap();
    assert_eq!(other.predict(&data.inputs).unwrap().as_slice(), all.as_slice());
    // In the checkpoint: another process goes on from these and ends as an uninterrupted run does.
    let mut resumed = Batched::builder().seed(9).precision(Dtype::F64).build();
    trainer(6).fit(&mut resumed, &data).unwrap();
    let mut whole = Batched::builder().precision(Dtype::F64).build();
    Trainer::new(MeanSquaredError, Sgd::new(0.1)).epochs(6).batch(2).seed(3).fit(&mut whole, &data).unwrap();
    assert_eq!(statistics(&resumed), statistics(&whole));
}

/// The loss and the gradient of `Logits`' weight on three examples, of classes 0, 2 and 2.
fn weighted(loss: CrossEntropy) -> Result<(f64, Vec<f64>)> {
    let x: Examples<Rank1<3>, f64> =
        Examples::from_vec(vec![2.0, 0.0, -1.0, 0.5, 0.1, 0.3, 1.0, -1.0, 0.0]).unwrap();
    let data: InMemory<Rank1<3>, Class<3>, f64> = InMemory::classes(x, &[0, 2, 2]).unwrap();
    let net = Logits::builder().precision(Dtype::F64).build();
    let gradients = Trainer::new(loss, Sgd::new(1.0)).gradients(&net, &data)?;
    Ok((gradients.loss, gradients.get("only.weight").unwrap().to_vec()))
}

#[test]
fn weights_of_classes_make_a_weighted_mean() {
    let (logits, weights) = ([[2.0, 0.0, -1.0], [0.5, 0.1, 0.3], [1.0, -1.0, 0.0_f64]], [0.5, 3.0, 2.0]);
    let price =
        |row: usize, class: usize| logits[row].iter().map(|x| x.exp()).sum::<f64>().ln() - logits[row][class];
    let (loss, gradient) = weighted(CrossEntropy::new().class_weights(&weights)).unwrap();
    let counted = 0.5 + 2.0 + 2.0;
    close(&[loss], &[(0.5 * price(0, 0) + 2.0 * price(1, 2) + 2.0 * price(2, 2)) / counted], 1e-14);
    // d/dw[j][k] = sum over rows of w_row / counted (p_j - t_j) x_k
    let mut expected = [0.0; 9];
    for (row, class) in [(0, 0), (1, 2), (2, 2)] {
        for (j, k) in (0..9).map(|i| (i / 3, i % 3)) {
            let slope = (-price(row, j)).exp() - f64::from(u8::from(j == class));
            expected[3 * j + k] += weights[class] / counted * slope * logits[row][k];
        }
    }
    close(&gradient, &expected, 1e-14);
    // All alike are none at all; smoothed, the share of each class counts as that class.
    let (alike, plain) =
        (weighted(CrossEntropy::new().class_weights(&[2.0; 3])), weighted(CrossEntropy::new()));
    close(&[alike.unwrap().0], &[plain.unwrap().0], 1e-14);
    let (loss, _) = weighted(CrossEntropy::new().label_smoothing(0.3).class_weights(&weights)).unwrap();
    let smoothed = |row: usize, class: usize| {
        0.7 * weights[class] * price(row, class)
            + 0.1 * (0..3).map(|j| weights[j] * price(row, j)).sum::<f64>()
    };
    close(&[loss], &[(smoothed(0, 0) + smoothed(1, 2) + smoothed(2, 2)) / counted], 1e-14);
}

#[test]
fn class_weights_that_cannot_be_are_refused() {
    for (weights, said) in [
        (
            &[1.0, 2.0][..],
            "the class weights of CrossEntropy: expected 3, one for each class of the network, found 2",
        ),
        (&[1.0, -2.0, 1.0], "class_weights = -2 is refused: each must be finite and not negative"),
        (&[1.0, f64::NAN, 1.0], "class_weights = NaN"),
        (&[1.0, f64::INFINITY, 1.0], "class_weights = inf"),
        (&[0.0, 0.0, 0.0], "class_weights = [0.0, 0.0, 0.0] is refused: one at least must be above 0"),
    ] {
        let error = weighted(CrossEntropy::new().class_weights(weights)).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let (loss, gradient) = weighted(CrossEntropy::new().class_weights(&[0.0, 1.0, 0.0])).unwrap();
    assert_eq!((loss, gradient), (0.0, vec![0.0; 9]), "nothing in the batch counts");
}
