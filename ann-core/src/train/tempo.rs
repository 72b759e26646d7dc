//! [`Clock`]: how long steps take, and by that whether a short one is faster on all threads or on one. Sizes alone do not tell: to hand
//! over takes 50 ns where processors share a cache, five times as much where they do not, and a time slice where another program is at
//! work on one of them.

use std::time::Instant;

/// Seconds from one trial to the next: few at first, as the first steps of a run are slow, whichever way they are made, then twice as many
/// each time, up to the most.
const FIRST_PERIOD: f64 = 0.05;
const PERIOD: f64 = 2.0;
/// Steps of a trial on one thread, of which the fastest counts, and at least as many on all threads.
const TRIED: u32 = 5;
/// Seconds of a trial on all threads before it is given up. Those that slept while one was tried have to wake: the system may put them where
/// the caller is, until its next tick.
const WAKING: f64 = 1e-2;
/// Seconds of a step that is not short: handing over is nothing beside it.
const LONG: f64 = 1e-3;

/// How long steps take. It is read only where that decides something: it takes as long as the update of a small network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// When it was read last for what is counted.
    at: Instant,
    /// Where there are several threads to choose from, with when the step began.
    tempo: Option<(Tempo, Instant)>,
}

impl Clock {
    pub(super) fn new(has_choice: bool) -> Self {
        let now = Instant::now();
        Self { at: now, tempo: has_choice.then(|| (Tempo::new(), now)) }
    }

    /// What was before does not count.
    pub(super) fn start(&mut self) {
        self.at = Instant::now();
    }

    /// Before a step. Returns whether it is made on one thread.
    pub(super) fn begin_step(&mut self) -> bool {
        self.tempo.as_mut().is_some_and(|(tempo, began)| {
            *began = Instant::now();
            tempo.is_alone()
        })
    }

    /// After it, on a full batch or not.
    pub(super) fn end_step(&mut self, is_full: bool) {
        if let Some((tempo, began)) = self.tempo.as_mut().filter(|_| is_full) {
            tempo.took(began.elapsed().as_secs_f64());
        }
    }

    /// Seconds that were not counted yet.
    pub(super) fn lap(&mut self) -> f64 {
        let now = Instant::now();
        let seconds = (now - self.at).as_secs_f64();
        self.at = now;
        seconds
    }
}

/// Tries both ways, now and then, and goes the faster one.
#[derive(Clone, Copy, Debug)]
struct Tempo {
    /// Whether steps are made on one thread, once the trial told.
    alone: Option<bool>,
    /// Steps since the trial began.
    tried: u32,
    /// The fastest of them on one thread, and how long those on all threads took that came after.
    fastest: f64,
    waited: f64,
    /// Seconds since the trial began, and after how many the next one does.
    passed: f64,
    period: f64,
}

impl Tempo {
    fn new() -> Self {
        Self::with_period(FIRST_PERIOD)
    }

    fn with_period(period: f64) -> Self {
        Self { alone: None, tried: 0, fastest: f64::INFINITY, waited: 0.0, passed: 0.0, period }
    }

    /// Whether the next step is made on one thread.
    fn is_alone(&self) -> bool {
        self.alone.unwrap_or((1..=TRIED).contains(&self.tried))
    }

    /// A step on a full batch, made as [`is_alone`](Self::is_alone) said, took so long.
    fn took(&mut self, seconds: f64) {
        if self.alone.is_none() {
            match self.tried {
                // The first one, on all threads, tells how long steps are.
                0 if LONG < seconds => self.alone = Some(false),
                0 => {}
                1..=TRIED => self.fastest = self.fastest.min(seconds),
                _ => self.waited += seconds,
            }
            if TRIED < self.tried {
                let is_given_up = 2 * TRIED <= self.tried && WAKING < self.waited;
                self.alone = if seconds < self.fastest { Some(false) } else { is_given_up.then_some(true) };
            }
            self.tried += 1;
        }
        self.passed += seconds;
        if self.period < self.passed {
            *self = Self::with_period(PERIOD.min(2.0 * self.period));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of so many seconds the part in which steps were made alone, which take as long as the time and that tell.
    fn part_alone(until: f64, seconds: impl Fn(f64, bool) -> f64) -> f64 {
        let mut tempo = Tempo::new();
        let (mut now, mut alone) = (0.0, 0.0);
        while now < until {
            let is_alone = tempo.is_alone();
            let seconds = seconds(now, is_alone);
            tempo.took(seconds);
            now += seconds;
            alone += if is_alone { seconds } else { 0.0 };
        }
        alone / now
    }

    #[test]
    fn most_steps_go_the_faster_way() {
        let faster_alone = part_alone(20.0, |_, alone| if alone { 1e-4 } else { 2e-4 });
        let slower_alone = part_alone(20.0, |_, alone| if alone { 2e-4 } else { 1e-4 });
        assert!(0.99 < faster_alone && faster_alone < 1.0, "{faster_alone}");
        assert!(0.0 < slower_alone && slower_alone < 0.01, "{slower_alone}");
    }

    #[test]
    fn first_steps_that_are_slow_decide_for_a_short_while() {
        // Alone is faster, but for the first steps of all.
        let warming =
            |now: f64, alone: bool| if now < 0.003 { 1.1e-3 } else { [2e-4, 1e-4][usize::from(alone)] };
        let faster_alone = part_alone(4.0, warming);
        // The first period, and eight trials of a hundredth of a second.
        assert!(1.0 - 0.14 / 4.0 < faster_alone, "{faster_alone}");
    }

    #[test]
    fn what_is_faster_may_change() {
        let is_far = |now: f64| now as u32 % 20 < 10;
        let seconds = |now, alone| if alone { 1e-4 } else { [6e-5, 2e-4][usize::from(is_far(now))] };
        let alone = part_alone(100.0, seconds);
        assert!((alone - 0.5).abs() < 0.03, "{alone}");
    }

    #[test]
    fn threads_that_sleep_are_waited_for() {
        // What was made alone let the others sleep: they wake some milliseconds after they are called again.
        let mut called = None;
        let mut tempo = Tempo::new();
        let (mut now, mut alone) = (0.0, 0.0);
        while now < 20.0 {
            let is_alone = tempo.is_alone();
            called = if is_alone { None } else { Some(called.unwrap_or(now)) };
            let is_awake = called.is_some_and(|called| 4e-3 < now - called);
            // Until then they are in the way.
            let seconds = if is_alone { 2e-4 } else { [4e-4, 1e-4][usize::from(is_awake)] };
            tempo.took(seconds);
            now += seconds;
            alone += if is_alone { seconds } else { 0.0 };
        }
        assert!(alone / now < 0.01, "{alone}");
    }

    #[test]
    fn seconds_are_counted_once() {
        let began = Instant::now();
        let mut clock = Clock::new(true);
        let wait = || std::thread::sleep(std::time::Duration::from_millis(5));
        wait();
        clock.start();
        let mut counted = 0.0;
        for is_asked in [false, true, false, true] {
            clock.begin_step();
            wait();
            clock.end_step(true);
            counted += if is_asked { clock.lap() } else { 0.0 };
        }
        assert!((0.02..=began.elapsed().as_secs_f64() - 0.005).contains(&counted), "{counted}");
    }

    #[test]
    fn waiting_between_steps_begins_no_trial() {
        let mut clock = Clock::new(true);
        while clock.tempo.unwrap().0.alone.is_none() {
            clock.begin_step();
            clock.end_step(true);
        }
        if let Some((tempo, _)) = &mut clock.tempo {
            tempo.passed = tempo.period - 0.03;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        clock.begin_step();
        clock.end_step(true);
        assert!(clock.tempo.unwrap().0.alone.is_some());
    }

    #[test]
    fn long_steps_are_not_tried_alone() {
        assert_eq!(part_alone(20.0, |_, alone| if alone { 1e-4 } else { 2e-3 }), 0.0);
    }
}
