//! Recurrent layers as a whole: padding, both directions, carried state, tokens, cells of one's own.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::autodiff::concat;
use ann::autodiff::random::Random;
use ann::data::{Classes, Examples, Stream};
use ann::layers::{BatchNorm, Cell, Scan, Step};
use ann::prelude::*;
use ann::{Cost, Dtype, Initial, Recorder, STEPS, Var};

network! {
    struct Rnns: [_, 3] -> [_, 8] { Rnn(5, activation = Relu), Rnn(4, bidirectional = true) }
    struct Lstms: [_, 3] -> [_, 8] { Lstm(5, peepholes = true), Lstm(4, bidirectional = true, peepholes = true) }
    struct Grus: [_, 3] -> [_, 8] { Gru(5), Gru(4, bidirectional = true) }
    struct OneWayRnn: [_, 3] -> [_, 4] { Rnn(5), Rnn(4, activation = Sigmoid) }
    struct OneWayLstm: [_, 3] -> [_, 4] { Lstm(5, peepholes = true), Lstm(4) }
    struct OneWayGru: [_, 3] -> [_, 4] { Gru(5), Gru(4) }
    struct Ends: [_, 3] -> [4] { Lstm(4), Last }
    struct Tokens: [_] -> [_, 6] { Embedding(6, 3), Lstm(4), Dense(6) }
    struct Built: [_, 3] -> [_, 2] { lstm: Lstm(4), Dense(2) }
    struct Unrolled: [_, 3] -> [_, 2] { lstm: Scan<LstmCell> -> [_, 4], Dense(2) }
    struct Fixed: [7, 3] -> [7, 4] { lstm: Scan<LstmCell, 7> -> [7, 4] }
    struct Started: [_, 3] -> [_, 4] { lstm: Lstm(4, forget_bias = 2.5, peepholes = true, bidirectional = true) -> [_, 8], Dense(4) }
    struct Dropped: [_, 3] -> [_, 4] { Lstm(4, dropout = 0.5) }
    struct Normed: [_, 3] -> [_, 3] { Scan<Norm> -> [_, 3] }
    struct NormedOnce: [1, 3] -> [1, 3] { Scan<Norm, 1> -> [1, 3] }
    struct Logarithms: [_, 3] -> [_, 3] { Scan<Logarithm> -> [_, 3] }
    struct OfLogarithms: [_, 3] -> [_, 3] { Activation(NaturalLogarithm), Scan<Smooth> -> [_, 3] }
    struct Gate: [6] -> [3] { Dense(4), Tanh, out: Dense(3), Sigmoid }
    struct Gated: [_, 3] -> [_, 3] { gated: Scan<GatedCell> -> [_, 3] }
    struct GatedByHand: [_, 3] -> [_, 3] { gated: Scan<GatedCellByHand> -> [_, 3] }
}

fn normal(stream: u64, count: usize) -> Vec<f64> {
    let random = Random::new(23).stream(stream);
    (0..count as u64).map(|i| random.normal(i)).collect()
}

fn sequences(count: usize, steps: usize) -> Examples<Rank2<STEPS, 3>, f64> {
    Examples::from_vec_with_dims(normal(1, count * steps * 3), &[steps, 3]).unwrap()
}

const LENGTHS: [usize; 5] = [4, 7, 1, 7, 6];

/// Peepholes begin at 0 and biases mostly so: other values, so that all is at work.
fn stirred<N: Network>(mut net: N) -> N {
    for (number, segment) in net.layout().segments().iter().enumerate() {
        let values: Vec<f64> =
            normal(100 + number as u64, segment.extents.count()).iter().map(|v| 0.5 * v).collect();
        net.set_parameter(&segment.name, &values).unwrap();
    }
    net
}

/// Each sequence of a padded batch gives, to the bit, what it gives alone without padding: an element of a product is one sum in
/// one order, however many rows there are. What lies in the padding does not matter.
fn gives_what_each_gives_alone<N: Network<Input = Rank2<STEPS, 3>>>(net: &N) {
    let net = stirred(net.in_precision(Dtype::F64));
    let x = sequences(5, 7);
    let together = net.predictor().unwrap().predict_with_lengths(&x, &LENGTHS).unwrap();
    for (number, length) in LENGTHS.into_iter().enumerate() {
        let alone = x.row(number).unwrap()[..3 * length].to_vec();
        let alone = net.predict(&Examples::from_vec_with_dims(alone, &[length, 3]).unwrap()).unwrap();
        let row = together.row(number).unwrap();
        let (row, padding) = row.split_at(alone.as_slice().len());
        assert_eq!(row, alone.as_slice(), "sequence {number} of {}", net.name());
        assert!(padding.iter().all(|y| *y == 0.0));
    }
}

#[test]
fn a_bidirectional_pass_with_lengths_gives_for_each_sequence_what_it_gives_alone() {
    gives_what_each_gives_alone(&Rnns::new(1));
    gives_what_each_gives_alone(&Lstms::new(1));
    gives_what_each_gives_alone(&Grus::new(1));
    gives_what_each_gives_alone(&Ends::new(1));
}

/// Step by step with the state kept, and in pieces, the output is to the bit that of the whole sequence.
fn goes_on_where_it_was<N: Network<Input = Rank2<STEPS, 3>>>(net: &N) {
    let net = stirred(net.in_precision(Dtype::F64));
    let x = sequences(4, 6);
    let whole = net.predict(&x).unwrap();
    for pieces in [vec![1; 6], vec![2, 3, 1], vec![6]] {
        let mut predictor = net.predictor().unwrap().keep_state();
        for _ in 0..2 {
            let mut start = 0;
            for steps in &pieces {
                let part = |rows: &Examples<Rank2<STEPS, 3>, f64>| -> Vec<f64> {
                    rows.rows().flat_map(|row| row[3 * start..3 * (start + steps)].to_vec()).collect()
                };
                let piece = Examples::from_vec_with_dims(part(&x), &[*steps, 3]).unwrap();
                let y = predictor.predict(&piece).unwrap();
                for (number, (y, whole)) in y.rows().zip(whole.rows()).enumerate() {
                    assert_eq!(
                        y,
                        &whole[4 * start..4 * (start + steps)],
                        "{} {pieces:?} {number}",
                        net.name()
                    );
                }
                start += steps;
            }
            predictor.reset();
        }
    }
}

#[test]
fn a_kept_state_goes_on_where_the_call_before_ended() {
    goes_on_where_it_was(&OneWayRnn::new(1));
    goes_on_where_it_was(&OneWayLstm::new(1));
    goes_on_where_it_was(&OneWayGru::new(1));
    let error = Lstms::new(1).predictor().unwrap().keep_state().predict(&sequences(2, 3)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`Lstm` with `bidirectional = true`: expected whole sequences, found sequences that go on from batch to batch: \
         read backward, they would begin at their end"
    );
}

#[test]
fn a_state_is_kept_where_a_padded_sequence_ended() {
    let net = stirred(OneWayLstm::builder().precision(Dtype::F64).build());
    let (x, lengths) = (sequences(2, 4), [2, 4]);
    let mut predictor = net.predictor().unwrap().keep_state();
    predictor.predict_with_lengths(&x, &lengths).unwrap();
    let next = predictor.predict(&sequences(2, 1)).unwrap();
    for (number, length) in lengths.into_iter().enumerate() {
        let mut whole = x.row(number).unwrap()[..3 * length].to_vec();
        whole.extend(sequences(2, 1).row(number).unwrap());
        let whole = net.predict(&Examples::from_vec_with_dims(whole, &[length + 1, 3]).unwrap()).unwrap();
        assert_eq!(next.row(number).unwrap(), &whole.as_slice()[4 * length..]);
    }
}

#[test]
fn padding_is_not_learned_from() {
    let net = stirred(Ends::builder().precision(Dtype::F64).build());
    let data = |x: Examples<Rank2<STEPS, 3>, f64>| -> InMemory<Rank2<STEPS, 3>, Values<Rank1<4>>, f64> {
        InMemory::values(x, Examples::from_vec(normal(2, 20)).unwrap())
            .unwrap()
            .with_lengths(&LENGTHS)
            .unwrap()
    };
    let gradients = |x| Trainer::new(MeanSquaredError, Sgd::new(0.1)).gradients(&net, &data(x)).unwrap();
    let x = sequences(5, 7);
    let mut other = x.as_slice().to_vec();
    for (row, length) in LENGTHS.into_iter().enumerate() {
        other[21 * row + 3 * length..21 * (row + 1)].fill(1e30);
    }
    let other = gradients(Examples::from_vec_with_dims(other, &[7, 3]).unwrap());
    assert_eq!(gradients(x), other);
    assert!(other.as_slice().iter().any(|g| *g != 0.0));
}

#[test]
fn tokens_out_of_range_are_refused_with_their_place() {
    let tokens = |bad: f64| Examples::from_vec_with_dims(vec![0.0, 5.0, 2.0, 3.0, bad, 1.0], &[3]).unwrap();
    let net = Tokens::new(1);
    net.predict(&tokens(4.0)).unwrap();
    for (bad, shown) in [(6.0, "6"), (-1.0, "-1"), (1.5, "1.5")] {
        let error = net.predict(&tokens(bad)).unwrap_err().to_string();
        let expected = format!(
            "the input of example 1, position 1, from which `Embedding` takes a row: \
             expected a whole number from 0 to 5, found {shown}"
        );
        assert_eq!(error, expected);
        let data: InMemory<Rank1<STEPS>, Classes<STEPS, 6>, f64> =
            InMemory::step_classes(tokens(bad), &[0, 1, 2, 3, 4, 5]).unwrap();
        let mut trainer = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).batch(2).quiet();
        assert_eq!(trainer.fit(&mut net.clone(), &data).unwrap_err().to_string(), expected);
    }
}

#[test]
fn tokens_are_learned() {
    // Each token is followed by the next: one step back is enough to know it.
    let x: Vec<f64> = (0..60).map(|i| f64::from(i % 6)).collect();
    let next: Vec<usize> = (0..60).map(|i| (i + 1) % 6).collect();
    let x = Examples::from_vec_with_dims(x, &[5]).unwrap();
    let data: InMemory<Rank1<STEPS>, Classes<STEPS, 6>, f64> = InMemory::step_classes(x, &next).unwrap();
    let mut net = Tokens::new(3);
    let mut trainer =
        Trainer::new(CrossEntropy::new(), Adam::new(0.03)).batch(4).epochs(60).clip(Clip::Norm(1.0)).quiet();
    trainer.fit(&mut net, &data).unwrap();
    let loss = trainer.evaluate(&net, &data).unwrap().loss;
    assert!(loss < 0.1, "{loss}");
}

/// Long short-term memory written by hand; its state is `h` and `c`.
#[derive(Clone, Debug, Default)]
struct LstmCell;

const N: usize = 4;

impl Cell for LstmCell {
    type Input = Rank1<3>;
    type State = Rank2<2, N>;
    type Output = Rank1<N>;

    fn record<'t>(
        &self,
        tape: &Recorder<'t>,
        x: Var<'t, Rank1<3>>,
        state: Var<'t, Rank2<2, N>>,
    ) -> Result<Step<'t, Self>> {
        let batch = x.extents()[0];
        let part = |number| state.slice(1, number, number + 1).reshape(&[batch, N]);
        let (h, c) = (part(0), part(1));
        let weight = tape.parameter("weight", &[4 * N, 3], &Initial::constant(0.1));
        let recurrent = tape.parameter("recurrent", &[4 * N, N], &Initial::constant(0.1));
        let sum = x.linear(weight, tape.parameter("bias", &[4 * N], &Initial::constant(0.0)));
        let sum = sum + h.matmul_transposed(recurrent);
        let gate = |number| sum.slice(1, number * N, (number + 1) * N);
        let c = gate(1).sigmoid() * c + gate(0).sigmoid() * gate(2).tanh();
        let h = gate(3).sigmoid() * c.tanh();
        let both = concat(1, &[h.insert_axis(1), c.insert_axis(1)])?;
        Ok((h.typed(), both.typed()))
    }
}

impl Cost for LstmCell {
    const PARAMETERS: usize = 4 * N * (3 + N + 1);
    const FLOPS: u64 = 2 * (4 * N * (3 + N)) as u64;
}

/// The largest difference.
fn difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn a_scan_of_an_lstm_written_by_hand_is_the_lstm() {
    let built = stirred(Built::builder().precision(Dtype::F64).build());
    let unrolled = stirred(Unrolled::builder().precision(Dtype::F64).build());
    assert_eq!((Built::PARAMETERS, built.layout()), (Unrolled::PARAMETERS, unrolled.layout()));
    let (x, y) = (sequences(5, 7), Examples::from_vec_with_dims(normal(3, 5 * 7 * 2), &[7, 2]).unwrap());
    let data: InMemory<Rank2<STEPS, 3>, Values<Rank2<STEPS, 2>>, f64> =
        InMemory::values(x.clone(), y).unwrap();
    for data in [data.clone().with_lengths(&LENGTHS).unwrap(), data] {
        let mut trainer = Trainer::new(MeanSquaredError, Sgd::new(0.1));
        let (a, b) =
            (trainer.gradients(&built, &data).unwrap(), trainer.gradients(&unrolled, &data).unwrap());
        assert!((a.loss - b.loss).abs() < 1e-10);
        assert!(difference(a.as_slice(), b.as_slice()) < 1e-10);
        assert!(a.as_slice().iter().any(|g| 0.01 < g.abs()), "there is something to compare");
    }
    let predict = |net: &dyn Fn(&[usize]) -> Examples<Rank2<STEPS, 2>, f64>| net(&LENGTHS);
    let a = predict(&|lengths| built.predictor().unwrap().predict_with_lengths(&x, lengths).unwrap());
    let b = predict(&|lengths| unrolled.predictor().unwrap().predict_with_lengths(&x, lengths).unwrap());
    assert!(difference(a.as_slice(), b.as_slice()) < 1e-10);
    // Carried from call to call.
    let (mut a, mut b) =
        (built.predictor().unwrap().keep_state(), unrolled.predictor().unwrap().keep_state());
    for _ in 0..3 {
        let (a, b) = (a.predict(&x).unwrap(), b.predict(&x).unwrap());
        assert!(difference(a.as_slice(), b.as_slice()) < 1e-10);
    }
}

#[test]
fn a_scan_of_so_many_steps_costs_as_many() {
    assert_eq!(Fixed::FLOPS_PER_EXAMPLE, 7 * LstmCell::FLOPS);
    assert_eq!(Fixed::PARAMETERS, LstmCell::PARAMETERS);
    let x = Examples::from_vec(normal(1, 2 * 21)).unwrap();
    assert_eq!(Fixed::new(1).predict(&x).unwrap().dims(), [7, 4]);
}

#[test]
fn each_gate_begins_as_a_matrix_of_its_own() {
    let net = Started::builder().precision(Dtype::F64).seed(5).build();
    for prefix in ["lstm", "lstm.reverse"] {
        let recurrent = net.parameter(&format!("{prefix}.recurrent")).unwrap();
        for gate in recurrent.chunks(N * N) {
            for i in 0..N {
                for j in 0..N {
                    let product: f64 = (0..N).map(|k| gate[i * N + k] * gate[j * N + k]).sum();
                    assert!((product - f64::from(i == j)).abs() < 1e-12, "{prefix}, rows {i} and {j}");
                }
            }
        }
        assert!(difference(&recurrent[..N * N], &recurrent[N * N..2 * N * N]) > 0.1, "gates differ");
        // Uniform within the bound of one gate's fans, 3 and 4; with all gates' fan-out it would be less.
        let weight = net.parameter(&format!("{prefix}.weight")).unwrap();
        let largest = weight.iter().fold(0.0_f64, |largest, w| largest.max(w.abs()));
        assert!((0.8..1.0).contains(&(largest / (6.0_f64 / 7.0).sqrt())), "{largest}");
        let bias = net.parameter(&format!("{prefix}.bias")).unwrap();
        assert_eq!(bias, [[0.0; N], [2.5; N], [0.0; N], [0.0; N]].concat());
        assert_eq!(net.parameter(&format!("{prefix}.peephole")).unwrap(), [0.0; 3 * N]);
    }
}

#[test]
fn dropout_is_of_the_input_and_while_training() {
    let net = Dropped::builder().precision(Dtype::F64).build();
    let plain = {
        network! { struct Plain: [_, 3] -> [_, 4] { Lstm(4) } }
        let mut plain = Plain::builder().precision(Dtype::F64).build();
        for segment in plain.layout().segments() {
            plain.set_parameter(&segment.name, &net.parameter(&segment.name).unwrap()).unwrap();
        }
        plain.predict(&sequences(2, 3)).unwrap().as_slice().to_vec()
    };
    assert_eq!(net.predict(&sequences(2, 3)).unwrap().as_slice(), plain);
    // Dropped: the loss of training is another than that of evaluation.
    let y = Examples::from_vec_with_dims(vec![0.0; 24], &[3, 4]).unwrap();
    let data: InMemory<_, Values<Rank2<STEPS, 4>>, f64> = InMemory::values(sequences(2, 3), y).unwrap();
    let mut trainer = Trainer::new(MeanSquaredError, Sgd::new(0.1));
    let (training, evaluation) =
        (trainer.gradients(&net, &data).unwrap().loss, trainer.evaluate(&net, &data).unwrap().loss);
    assert!(1e-6 < (training - evaluation).abs(), "{training} {evaluation}");
}

#[test]
fn a_text_in_windows_costs_what_it_costs_whole_while_training_and_after() {
    let tokens: Vec<usize> = normal(9, 2 * 24 + 1).iter().map(|x| (x.abs() * 4.0) as usize % 6).collect();
    let net = stirred(Tokens::builder().precision(Dtype::F64).build());
    // So small a rate moves nothing.
    let trainer = || Trainer::new(CrossEntropy::new(), Sgd::new(1e-300)).epochs(2).batch(2).quiet();
    let whole = Stream::<6>::new(&tokens, 2, 24).unwrap();
    let expected = trainer().evaluate(&net, &whole).unwrap().loss;
    for steps in [4, 6, 12] {
        let windows = Stream::<6>::new(&tokens, 2, steps).unwrap();
        let mut carrying = trainer().carry_state();
        let history = carrying.fit(&mut net.clone(), &windows).unwrap();
        let found = [
            history.epochs()[0].loss,
            history.epochs()[1].loss,
            carrying.evaluate(&net, &windows).unwrap().loss,
        ];
        assert!(found.iter().all(|loss| (loss - expected).abs() < 1e-12), "{found:?} and {expected}");
        let cold = trainer().in_order().evaluate(&net, &windows).unwrap().loss;
        assert!((cold - expected).abs() > 1e-6, "windows that begin cold cost something else");
    }
}

#[test]
fn a_network_that_reads_both_ways_cannot_carry_state() {
    let x = sequences(4, 3);
    let data: InMemory<Rank2<STEPS, 3>, Values<Rank2<STEPS, 8>>, f64> =
        InMemory::values(x, Examples::from_vec_with_dims(normal(3, 4 * 3 * 8), &[3, 8]).unwrap()).unwrap();
    let trainer = Trainer::new(MeanSquaredError, Sgd::new(0.1)).batch(2).carry_state().quiet();
    let error = { trainer }.fit(&mut Rnns::new(0), &data).unwrap_err().to_string();
    assert!(error.contains("bidirectional") || error.contains("both ways"), "{error}");
}

/// Normalizes what it is given.
#[derive(Clone, Debug, Default)]
struct Norm;

impl Cell for Norm {
    type Input = Rank1<3>;
    type State = Rank1<3>;
    type Output = Rank1<3>;

    fn record<'t>(
        &self,
        tape: &Recorder<'t>,
        x: Var<'t, Rank1<3>>,
        state: Var<'t, Rank1<3>>,
    ) -> Result<Step<'t, Self>> {
        let norm = BatchNorm::<Rank1<3>, Rank1<3>>::from_spec(ann::spec::layers::BatchNorm { affine: true });
        Ok((tape.layer("norm", &norm, x)?, state))
    }
}

impl Cost for Norm {
    const PARAMETERS: usize = 6;
    const FLOPS: u64 = 12;
}

#[test]
fn a_running_statistic_that_every_step_would_move_is_refused_when_the_network_is_made() {
    assert_eq!(
        Normed::builder().try_build().unwrap_err().to_string(),
        "`scan1.norm.running_mean` is a running statistic; within `Scan` every step would move it: use `LayerNorm`"
    );
    // One step moves it once.
    let mut net = NormedOnce::builder().precision(Dtype::F64).build();
    let x = Examples::<Rank2<1, 3>, f64>::from_vec(vec![1.0, 2.0, 3.0, 3.0, 2.0, 5.0]).unwrap();
    let data: InMemory<_, Values<Rank2<1, 3>>, f64> = InMemory::values(x.clone(), x).unwrap();
    Trainer::new(MeanSquaredError, Sgd::new(0.0)).epochs(1).batch(2).quiet().fit(&mut net, &data).unwrap();
    let mean = net.parameter("scan1.norm.running_mean").unwrap();
    assert!(difference(&mean, &[0.2, 0.2, 0.4]) < 1e-15, "{mean:?}");
}

/// `h[t] = a h[t-1] + f(x[t])`, `a` learned.
macro_rules! smooth {
    ($name:ident, $f:expr) => {
        #[derive(Clone, Debug, Default)]
        struct $name;

        impl Cell for $name {
            type Input = Rank1<3>;
            type State = Rank1<3>;
            type Output = Rank1<3>;

            fn record<'t>(
                &self,
                tape: &Recorder<'t>,
                x: Var<'t, Rank1<3>>,
                state: Var<'t, Rank1<3>>,
            ) -> Result<Step<'t, Self>> {
                let f: fn(Var<'t>) -> Var<'t> = $f;
                let a = tape.parameter("rate", &[3], &Initial::constant(0.5));
                let h = (state * a + f(x.untyped())).typed();
                Ok((h, h))
            }
        }

        impl Cost for $name {
            const PARAMETERS: usize = 3;
            const FLOPS: u64 = 6;
        }
    };
}

smooth!(Smooth, |x| x);
// Neither finite at 0, nor its slope.
smooth!(Logarithm, Var::ln);

#[derive(Debug)]
struct NaturalLogarithm;

impl ann::Activation for NaturalLogarithm {
    fn value(&self, x: f64) -> f64 {
        x.ln()
    }
    fn slope(&self, x: f64) -> f64 {
        1.0 / x
    }
}

/// Padding is zeros, at which a cell, or a layer before it, need not be finite.
fn learns_from_padded_sequences_what_it_learns_from_each<
    N: Network<Input = Rank2<STEPS, 3>, Output = Rank2<STEPS, 3>>,
>(
    net: &N,
) {
    let net = net.in_precision(Dtype::F64);
    let positive: Vec<f64> = normal(1, 5 * 7 * 3).iter().map(|x| 0.1 + x.abs()).collect();
    let targets = normal(2, 5 * 7 * 3);
    let sequences =
        |values: &[f64], steps| Examples::from_vec_with_dims(values.to_vec(), &[steps, 3]).unwrap();
    let data = |steps, x: &[f64], y: &[f64]| -> InMemory<Rank2<STEPS, 3>, Values<Rank2<STEPS, 3>>, f64> {
        InMemory::values(sequences(x, steps), sequences(y, steps)).unwrap()
    };
    let gradients = |data| Trainer::new(MeanSquaredError, Sgd::new(0.1)).gradients(&net, &data).unwrap();
    let together = gradients(data(7, &positive, &targets).with_lengths(&LENGTHS).unwrap());
    let outputs = net.predictor().unwrap().predict_with_lengths(&sequences(&positive, 7), &LENGTHS).unwrap();
    let mut sum = vec![0.0; together.as_slice().len()];
    for (number, length) in LENGTHS.into_iter().enumerate() {
        let part = 21 * number..21 * number + 3 * length;
        let alone = gradients(data(length, &positive[part.clone()], &targets[part.clone()]));
        sum.iter_mut().zip(alone.as_slice()).for_each(|(sum, g)| *sum += g * length as f64 / 25.0);
        let alone = net.predict(&sequences(&positive[part.clone()], length)).unwrap();
        let (row, padding) = outputs.row(number).unwrap().split_at(3 * length);
        assert_eq!(row, alone.as_slice());
        assert!(padding.iter().all(|y| *y == 0.0), "{padding:?}");
    }
    assert!(difference(together.as_slice(), &sum) < 1e-12, "{:?} {sum:?}", together.as_slice());
    assert!(sum.iter().any(|g| 0.01 < g.abs()), "there is something to compare");
}

#[test]
fn a_scan_reads_no_padding_where_its_cell_is_not_finite() {
    learns_from_padded_sequences_what_it_learns_from_each(&Logarithms::new(0));
    learns_from_padded_sequences_what_it_learns_from_each(&OfLogarithms::new(0));
}

/// `h[t] = g h[t-1] + (1 - g) x[t]`, the gate a network of both.
#[derive(Clone, Debug, Default)]
struct GatedCell {
    gate: Gate,
}

impl Cell for GatedCell {
    type Input = Rank1<3>;
    type State = Rank1<3>;
    type Output = Rank1<3>;

    fn record<'t>(
        &self,
        tape: &Recorder<'t>,
        x: Var<'t, Rank1<3>>,
        state: Var<'t, Rank1<3>>,
    ) -> Result<Step<'t, Self>> {
        let gate = tape.layer("gate", &self.gate, concat(1, &[x.untyped(), state.untyped()])?.typed())?;
        let h = (gate * state + (1.0 - gate) * x).typed();
        Ok((h, h))
    }
}

impl Cost for GatedCell {
    const PARAMETERS: usize = Gate::PARAMETERS;
    const FLOPS: u64 = Gate::FLOPS_PER_EXAMPLE + 12;
}

/// The same without a network.
#[derive(Clone, Debug, Default)]
struct GatedCellByHand;

impl Cell for GatedCellByHand {
    type Input = Rank1<3>;
    type State = Rank1<3>;
    type Output = Rank1<3>;

    fn record<'t>(
        &self,
        tape: &Recorder<'t>,
        x: Var<'t, Rank1<3>>,
        state: Var<'t, Rank1<3>>,
    ) -> Result<Step<'t, Self>> {
        let dense = |label: &str, x: Var<'t>, n| {
            let initial = Initial::constant(0.0);
            let k = x.extents()[1];
            let weight = tape.parameter(&format!("gate.{label}.weight"), &[n, k], &initial);
            x.linear(weight, tape.parameter(&format!("gate.{label}.bias"), &[n], &initial))
        };
        let both = concat(1, &[x.untyped(), state.untyped()])?;
        let gate = dense("out", dense("dense1", both, 4).tanh(), 3).sigmoid();
        let h = (gate * state + (1.0 - gate) * x).typed();
        Ok((h, h))
    }
}

impl Cost for GatedCellByHand {
    const PARAMETERS: usize = Gate::PARAMETERS;
    const FLOPS: u64 = Gate::FLOPS_PER_EXAMPLE + 12;
}

#[test]
fn a_cell_may_hold_a_network() {
    let mut net = stirred(Gated::builder().precision(Dtype::F64).build());
    let mut by_hand = stirred(GatedByHand::builder().precision(Dtype::F64).build());
    assert_eq!((net.layout(), Gated::PARAMETERS), (by_hand.layout(), net.layout().len()));
    let x = sequences(5, 7);
    let data: InMemory<_, Values<Rank2<STEPS, 3>>, f64> =
        InMemory::values(x.clone(), Examples::from_vec_with_dims(normal(3, 5 * 7 * 3), &[7, 3]).unwrap())
            .unwrap();
    let before = net.predict(&x).unwrap();
    for _ in 0..2 {
        assert_eq!(net.predict(&x).unwrap(), by_hand.predict(&x).unwrap());
        let mut trainer = Trainer::new(MeanSquaredError, Adam::new(0.01)).epochs(3).batch(2).quiet();
        assert_eq!(trainer.fit(&mut net, &data).unwrap().epochs()[2].loss, {
            trainer.fit(&mut by_hand, &data).unwrap().epochs()[2].loss
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gated.safetensors");
    net.save(&path).unwrap();
    let mut other = Gated::builder().precision(Dtype::F64).seed(9).build();
    other.load(&path).unwrap();
    assert_eq!(other.clone().predict(&x).unwrap(), net.predict(&x).unwrap());
    assert_ne!(before, net.predict(&x).unwrap());
}

#[test]
fn a_text_that_is_cut_for_other_batches_is_refused_where_state_is_carried() {
    let tokens: Vec<usize> = (0..97).map(|i| i % 6).collect();
    let text = Stream::<6>::new(&tokens, 2, 4).unwrap();
    let trainer = |batch| Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(1).batch(batch).quiet();
    let expected = "the examples of a batch: expected 2, as many as go on where those of the batch before ended, found 4";
    let mut net = Tokens::new(0);
    assert_eq!(trainer(4).carry_state().fit(&mut net, &text).unwrap_err().to_string(), expected);
    assert_eq!(trainer(4).carry_state().evaluate(&net, &text).unwrap_err().to_string(), expected);
    let two =
        trainer(2).carry_state().fit_validated(&mut net, &text, &Stream::<6>::new(&tokens, 4, 4).unwrap());
    assert!(
        two.unwrap_err()
            .to_string()
            .ends_with("expected 4, as many as go on where those of the batch before ended, found 2")
    );
    // Views and references are asked, too; batches that carry nothing may have any size.
    assert_eq!(trainer(4).carry_state().fit(&mut net, &&text).unwrap_err().to_string(), expected);
    trainer(4).fit(&mut net, &text).unwrap();
    trainer(2).carry_state().fit(&mut net, &text).unwrap();
}
