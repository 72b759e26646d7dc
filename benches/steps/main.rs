//! Milliseconds a training step or a prediction: `steps WORKLOAD THREADS [bf16 | infer]`, `steps JSON THREADS BATCH` for a network by its
//! description; `steps peak THREADS`: the GFLOP/s that the processor reaches at most; and `steps hand-over`: nanoseconds from a thread to
//! another.
//!
//! A step is forward, loss, backward and update on a batch that changes every step. Every line on the input is an order: a number
//! of steps to be made, or `end`. The answer is a line of JSON: milliseconds a step, and the loss of the last one. The first line
//! is of the first step, before any order. `peers.py` measures with this, alternately with others.
#![allow(clippy::print_stdout, reason = "a command that prints what it measured")]

mod hand_over;
mod peak;

use std::io::stdin;
use std::time::Instant;

use ann::MatmulPrecision;
use ann::autodiff::random::Random;
use ann::autodiff::{Dyn, Scalar};
use ann::boltzmann::ContrastiveDivergence as Contrast;
use ann::data::{AnyClass, Class, Classes, Dataset, DatasetOf, Examples, InMemory, Indices, Values};
use ann::prelude::*;
use ann::train::{Callback, Control, StepEnd};
use ann_zoo::{AlexNet, ResNet18};

network! {
    struct Tiny: [4] -> [3] { Dense(5), Relu, Dense(4), Relu, Dense(3) }
    struct Small: [784] -> [10] { Dense(128), Relu, Dense(10) }
    struct Big: [784] -> [10] {
        Dense(2500), Relu, Dense(2000), Relu, Dense(1500), Relu, Dense(1000), Relu, Dense(500), Relu, Dense(10),
    }
    struct LeNet: [1, 28, 28] -> [10] {
        Conv2d(20, kernel = 5), MaxPool2d(2), Conv2d(50, kernel = 5), MaxPool2d(2), Dense(500), Relu, Dense(10),
    }
    struct LstmNet: [64, 64] -> [10] { Lstm(256), Last, Dense(10) }
    struct CharRnn: [50] -> [50, 64] { Embedding(64, 64), Rnn(128), Dense(64) }
    struct CharLstm: [64] -> [64, 64] { Embedding(64, 64), Lstm(256), Dense(64) }
    struct Autoencoder: [784] -> [784] {
        Dense(1000), Sigmoid, Dense(500), Sigmoid, Dense(250), Sigmoid, Dense(30), Sigmoid,
        Dense(250), Sigmoid, Dense(500), Sigmoid, Dense(1000), Sigmoid, Dense(784),
    }
    struct Machine: [784] <-> [500] { Rbm(500) }
}

/// Carries out the orders between the steps of a run.
#[derive(Clone, Debug)]
struct Orders {
    began: Instant,
    ordered: u32,
    left: u32,
}

impl Orders {
    fn new() -> Self {
        Self { began: Instant::now(), ordered: 1, left: 1 }
    }

    /// A step is made. Returns whether there is another one to make.
    fn done(&mut self, loss: f64) -> bool {
        self.left -= 1;
        while self.left == 0 {
            let ms = 1e3 * self.began.elapsed().as_secs_f64() / f64::from(self.ordered);
            println!("{{\"ms\": {ms}, \"loss\": {loss}}}");
            let mut line = String::new();
            let Ok(order) = stdin().read_line(&mut line).map_or(Ok(0), |_| line.trim().parse()) else {
                return false;
            };
            if order == 0 {
                return false;
            }
            *self = Self { began: Instant::now(), ordered: order, left: order };
        }
        true
    }
}

impl Callback for Orders {
    fn on_step(&mut self, end: &StepEnd) -> Result<Control> {
        Ok(if self.done(end.loss) { Control::Continue } else { Control::Stop })
    }
}

/// How a network is measured.
#[derive(Clone, Copy)]
struct How {
    batch: usize,
    threads: usize,
    precision: MatmulPrecision,
}

impl How {
    /// Steps of stochastic gradient descent with momentum, or predictions.
    fn measure<N, L, D>(self, mut net: N, loss: L, data: &D) -> Result<()>
    where
        N: Network,
        L: Loss<N::Output>,
        D: DatasetOf<N::Input, L::Target>,
    {
        self.trainer(loss, Sgd::new(0.01).momentum(0.9)).fit(&mut net, data)?;
        Ok(())
    }

    fn trainer<L>(self, loss: L, optimizer: Sgd) -> Trainer<L> {
        let trainer = Trainer::new(loss, optimizer).batch(self.batch).threads(self.threads).quiet();
        let trainer = trainer.matmul_precision(self.precision);
        trainer.in_order().epochs(u64::MAX).callback(Orders::new())
    }

    /// Predictions, one example at a time.
    fn predict<N: Network>(self, net: &N, x: &Examples<N::Input, f32>) -> Result<()> {
        let mut predictor = net.predictor()?.threads(self.threads).matmul_precision(self.precision);
        let one: Vec<_> = (0..8).map(|i| x.select(&[i])).collect::<Result<_>>()?;
        let mut orders = Orders::new();
        for x in one.iter().cycle() {
            let y = predictor.predict(x)?;
            if !orders.done(f64::from(y.as_slice()[0])) {
                break;
            }
        }
        Ok(())
    }
}

/// How many times an epoch goes through the examples.
const REPEATS: usize = 100;

/// The same examples again and again, so that an epoch is as long as those of real data: the batches that the peers are given, in their
/// order, one after the other.
struct Again<D>(D);

impl<D: Dataset> Dataset for Again<D> {
    type Input = D::Input;
    type Target = D::Target;

    fn len(&self) -> usize {
        REPEATS * self.0.len()
    }
    fn input_dims(&self) -> Vec<usize> {
        self.0.input_dims()
    }
    fn target_dims(&self) -> Vec<usize> {
        self.0.target_dims()
    }
    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<()> {
        self.0.read(index % self.0.len(), input, target)
    }
    /// Of numbers that are all of one time through the examples, as those of whole batches in their order are; others are refused.
    fn read_batch<T: Scalar>(
        &self,
        numbers: impl Indices,
        inputs: &mut [T],
        targets: &mut [T],
    ) -> Result<()> {
        let first = numbers.clone().next().unwrap_or_default();
        let before = first - first % self.0.len();
        self.0.read_batch(numbers.map(|number| number.wrapping_sub(before)), inputs, targets)
    }
}

fn noise<S: Shaped>(count: usize) -> Result<Examples<S, f32>> {
    let width: usize = S::DIMS.unwrap_or_default().iter().product();
    let random = Random::new(count as u64);
    Examples::from_vec((0..count * width).map(|i| random.uniform(i as u64) as f32).collect())
}

/// The ten classes (or as many as there are) in turn: each a pattern under noise.
fn classes<S: Shaped, const N: usize>(count: usize) -> Result<Again<InMemory<S, Class<N>, f32>>> {
    let n = N.min(10);
    let patterns = noise::<S>(n)?;
    let mut x = noise::<S>(count)?.into_vec();
    for (row, values) in x.chunks_exact_mut(patterns.width()).enumerate() {
        let pattern = patterns.row((row + row / n) % n).unwrap_or_default();
        values.iter_mut().zip(pattern).for_each(|(x, pattern)| *x = f32::midpoint(*x, *pattern));
    }
    let labels: Vec<usize> = (0..count).map(|row| (row + row / n) % n).collect();
    Ok(Again(InMemory::classes(Examples::from_vec(x)?, &labels)?))
}

/// The network of a description, which tells ten classes apart.
fn described(json: &str, how: How) -> Result<()> {
    let mut net = ann::DynNetwork::from_json(json)?.seed(0).build();
    let dims = net.input_dims();
    let (count, width) = (BATCHES * how.batch, dims.iter().product::<usize>());
    let (pattern, random) = (Random::new(1), Random::new(2));
    let mut x = Vec::with_capacity(count * width);
    for row in 0..count {
        let (start, of_class) = (row * width, row % 10 * width);
        x.extend((0..width).map(|i| {
            let (pattern, noise) =
                (pattern.uniform((of_class + i) as u64), random.uniform((start + i) as u64));
            f64::midpoint(pattern, noise) as f32
        }));
    }
    let labels: Vec<usize> = (0..count).map(|row| row % 10).collect();
    let x = Examples::from_vec_with_dims(x, &dims)?;
    let data: InMemory<Dyn, AnyClass> = InMemory::any_classes(x, &labels, 10)?;
    // A batch of one example bears no larger steps.
    how.trainer(CrossEntropy::new(), Sgd::new(0.001).momentum(0.9)).fit(&mut net, &Again(data))?;
    Ok(())
}

/// Sequences of tokens below `N`, and a token that each of them tells.
fn tokens<const T: usize, const N: usize>(
    count: usize,
) -> Result<Again<InMemory<Rank1<T>, Classes<T, N>, f32>>> {
    let random = Random::new(1);
    let token = |i: usize| random.below(i as u64, N);
    let x = (0..count * T).map(|i| token(i) as f32).collect();
    let y: Vec<usize> = (0..count * T).map(|i| (5 * token(i) + 3) % N).collect();
    Ok(Again(InMemory::step_classes(Examples::from_vec(x)?, &y)?))
}

/// As many batches as the peers go through.
const BATCHES: usize = 8;

fn train(workload: &str, threads: usize, precision: MatmulPrecision) -> Result<()> {
    let how = |batch| (How { batch, threads, precision }, BATCHES * batch);
    let entropy = CrossEntropy::new();
    match workload {
        "mlp_tiny_b32" => {
            let (how, count) = how(32);
            how.measure(Tiny::new(0), entropy, &classes::<Rank1<4>, 3>(count)?)
        }
        "mlp_mnist_b32" => {
            let (how, count) = how(32);
            how.measure(Small::new(0), entropy, &classes::<Rank1<784>, 10>(count)?)
        }
        "mlp_big_b100" | "mlp_big_b1000" => {
            let (how, count) = how(if workload == "mlp_big_b100" { 100 } else { 1000 });
            how.measure(Big::new(0), entropy, &classes::<Rank1<784>, 10>(count)?)
        }
        "lenet_b64" => {
            let (how, count) = how(64);
            how.measure(LeNet::new(0), entropy, &classes::<Rank3<1, 28, 28>, 10>(count)?)
        }
        "alexnet_b16" => {
            let (how, count) = how(16);
            how.measure(AlexNet::new(0), entropy, &classes::<Rank3<3, 227, 227>, 1000>(count)?)
        }
        "resnet18_b8" => {
            let (how, count) = how(8);
            how.measure(ResNet18::new(0), entropy, &classes::<Rank3<3, 224, 224>, 1000>(count)?)
        }
        "lstm_b32" => {
            let (how, count) = how(32);
            how.measure(LstmNet::new(0), entropy, &classes::<Rank2<64, 64>, 10>(count)?)
        }
        "charrnn" => {
            let (how, count) = how(32);
            how.measure(CharRnn::new(0), entropy, &tokens::<50, 64>(count)?)
        }
        "charlstm_b64" => {
            let (how, count) = how(64);
            how.measure(CharLstm::new(0), entropy, &tokens::<64, 64>(count)?)
        }
        "autoenc_b100" => {
            let (how, count) = how(100);
            let x = noise::<Rank1<784>>(count)?;
            let data: InMemory<_, Values<_>, f32> = InMemory::values(x.clone(), x)?;
            let data = Again(data);
            how.measure(Autoencoder::new(0), BinaryCrossEntropy, &data)
        }
        "rbm_b100" => {
            let (how, count) = how(100);
            let data = classes::<Rank1<784>, 10>(count)?;
            how.trainer(Contrast::new(), Sgd::new(0.1)).pretrain(&mut Machine::new(0), &data)?;
            Ok(())
        }
        _ => unknown(workload),
    }
}

fn predict(workload: &str, threads: usize) -> Result<()> {
    let how = How { batch: 1, threads, precision: MatmulPrecision::Full };
    match workload {
        "mlp_mnist_b32" => how.predict(&Small::new(0), &noise(BATCHES)?),
        "lenet_b64" => how.predict(&LeNet::new(0), &noise(BATCHES)?),
        "lstm_b32" => how.predict(&LstmNet::new(0), &noise(BATCHES)?),
        _ => unknown(workload),
    }
}

fn unknown(workload: &str) -> Result<()> {
    eprintln!("there is no workload `{workload}`");
    std::process::exit(2)
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse().unwrap_or(1);
    match words[..] {
        ["peak", threads] => {
            println!("{{\"gflops\": {}}}", peak::gflops(number(threads)));
            return Ok(());
        }
        ["hand-over"] => {
            println!("{{\"nanoseconds\": {}}}", hand_over::nanoseconds());
            return Ok(());
        }
        [json, threads, batch] if json.starts_with('{') => described(
            json,
            How { batch: number(batch), threads: number(threads), precision: MatmulPrecision::Full },
        ),
        [workload, threads] => train(workload, number(threads), MatmulPrecision::Full),
        [workload, threads, "bf16"] => train(workload, number(threads), MatmulPrecision::Bf16),
        [workload, threads, "infer"] => predict(workload, number(threads)),
        _ => {
            eprintln!(
                "steps WORKLOAD THREADS [bf16 | infer] | steps JSON THREADS BATCH | steps peak THREADS | steps hand-over"
            );
            std::process::exit(2)
        }
    }?;
    println!("{{\"peak_mb\": {}}}", peak_megabytes());
    Ok(())
}

/// The most memory this process had at once, as Linux counts it.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}
