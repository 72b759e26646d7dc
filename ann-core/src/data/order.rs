//! [`Shuffle`]: the order of the examples in an epoch, a function of the seed and the epoch alone.

use ann_autodiff::random::Random;

/// The stream of the shuffles, apart from those that networks and tapes draw from.
const STREAM: u64 = u64::MAX;

/// The orders of examples, one for each epoch.
///
/// An order depends on the seed, the epoch and the number of examples, and on nothing that happened before: a run that was
/// cut off goes on in the order it had.
///
/// ```
/// use ann_core::data::Shuffle;
///
/// let shuffle = Shuffle::new(7);
/// let third = shuffle.order(3, 100);
/// assert_eq!(third, Shuffle::new(7).order(3, 100));
/// assert_ne!(third, shuffle.order(4, 100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shuffle {
    random: Option<Random>,
}

impl Shuffle {
    /// By a seed.
    pub fn new(seed: u64) -> Self {
        Self { random: Some(Random::new(seed).child(STREAM)) }
    }

    /// The examples' own order in each epoch.
    pub fn none() -> Self {
        Self { random: None }
    }

    /// The numbers `0..examples` in the order of an epoch.
    pub fn order(&self, epoch: u64, examples: usize) -> Vec<usize> {
        let mut order = vec![0; examples];
        self.fill(epoch, &mut order);
        order
    }

    /// The same into a vector that is there, as many examples as it is long. Allocates nothing.
    pub fn fill(&self, epoch: u64, order: &mut [usize]) {
        for (number, place) in order.iter_mut().enumerate() {
            *place = number;
        }
        if let Some(random) = self.random {
            random.stream(epoch).shuffle(order);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_order_holds_every_example_once(seed: u64, epoch: u64, examples in 0_usize..500) {
            let mut order = Shuffle::new(seed).order(epoch, examples);
            order.sort_unstable();
            prop_assert!(order.into_iter().eq(0..examples));
        }
    }

    #[test]
    fn each_seed_and_epoch_has_an_order_of_its_own() {
        let orders: Vec<_> =
            [(1, 0), (1, 1), (2, 0), (2, 1)].map(|(s, e)| Shuffle::new(s).order(e, 50)).into();
        for (number, order) in orders.iter().enumerate() {
            assert!(!orders[..number].contains(order));
        }
        assert!(Shuffle::none().order(9, 50).into_iter().eq(0..50));
    }

    #[test]
    fn every_place_is_as_likely_as_the_other() {
        // Example 0 of 5, 5000 epochs: 1000 each, standard deviation 28; five of them.
        let mut counts = [0_i32; 5];
        for epoch in 0..5000 {
            let order = Shuffle::new(3).order(epoch, 5);
            counts[order.iter().position(|number| *number == 0).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (count - 1000).abs() < 142), "{counts:?}");
    }
}
