//! [`Tempo`]: whether a short step is faster on all threads or on one. Sizes alone do not tell: to hand over takes 50 ns where processors
//! share a cache, five times as much where they do not, and a time slice where another program is at work on one of them.

/// Steps from one trial to the next.
const PERIOD: u32 = 2048;
/// Steps of a trial on all threads, and on one. The fastest of them counts.
const TRIED: u32 = 8;
/// Seconds of a step that is not short: handing over is nothing beside it.
const LONG: f64 = 1e-3;

/// Tries both ways, now and then, and goes the faster one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tempo {
    /// The next step, since the trial began.
    step: u32,
    /// The fastest step on all threads, and on one.
    fastest: [f64; 2],
}

impl Tempo {
    pub(super) fn new() -> Self {
        Self { step: 0, fastest: [f64::INFINITY; 2] }
    }

    /// Whether the next step is made on one thread.
    pub(super) fn is_alone(&self) -> bool {
        let [all, one] = self.fastest;
        if self.step < 2 * TRIED { TRIED <= self.step } else { one < all }
    }

    /// A step on a full batch, made as [`is_alone`](Self::is_alone) said, took so long.
    pub(super) fn took(&mut self, seconds: f64) {
        if self.step < 2 * TRIED {
            let fastest = &mut self.fastest[usize::from(self.is_alone())];
            *fastest = fastest.min(seconds);
        }
        self.step += 1;
        if self.step == TRIED && LONG < self.fastest[0] {
            self.step = 2 * TRIED;
        }
        if self.step == PERIOD {
            *self = Self::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of so many steps, of a length that depends on the step and on whether it is made alone, those made alone.
    fn alone(steps: u32, seconds: impl Fn(u32, bool) -> f64) -> u32 {
        let mut tempo = Tempo::new();
        (0..steps)
            .map(|step| {
                let is_alone = tempo.is_alone();
                tempo.took(seconds(step, is_alone));
                u32::from(is_alone)
            })
            .sum()
    }

    #[test]
    fn most_steps_go_the_faster_way() {
        assert_eq!(alone(10 * PERIOD, |_, alone| if alone { 1e-4 } else { 2e-4 }), 10 * (PERIOD - TRIED));
        assert_eq!(alone(10 * PERIOD, |_, alone| if alone { 2e-4 } else { 1e-4 }), 10 * TRIED);
        // One that is held up among those tried changes nothing.
        let held_up = |step, alone| if alone { 2e-4 } else { 1e-4 + f64::from(u8::from(step % TRIED == 3)) };
        assert_eq!(alone(10 * PERIOD, held_up), 10 * TRIED);
    }

    #[test]
    fn what_is_faster_may_change() {
        let is_far = |step: u32| step / (5 * PERIOD) % 2 == 1;
        let seconds = |step, alone| {
            if alone {
                1e-4
            } else if is_far(step) {
                2e-4
            } else {
                6e-5
            }
        };
        assert_eq!(alone(10 * PERIOD, seconds), 5 * TRIED + 5 * (PERIOD - TRIED));
    }

    #[test]
    fn long_steps_are_not_tried_alone() {
        assert_eq!(alone(10 * PERIOD, |_, alone| if alone { 1e-4 } else { 2e-3 }), 0);
    }
}
