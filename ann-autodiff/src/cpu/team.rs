//! [`Team`]: threads that share the tasks of one call.
//!
//! What is a task is decided by the size of the problem alone; which thread carries it out is not decided at all. So no
//! result depends on the number of threads. Each thread begins with a share of its own, the same in every call of as many tasks, as
//! what it wrote in the last call still lies in its cache; when that is done it helps the others. Between two calls the workers spin for some tens of microseconds, then they
//! park: a hand-over to a spinning thread costs a quarter of a microsecond, to a parked one fifty.

use std::any::Any;
use std::cell::UnsafeCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

/// How often a worker looks for the next call before it parks, at some 40 cycles a look: about 40 microseconds.
const LOOKS: usize = 4096;

/// The thread that calls and its workers, who may rest.
#[derive(Debug)]
pub(crate) struct Team {
    crew: Arc<Crew>,
    /// Whether the calling thread does all tasks itself.
    rests: AtomicBool,
}

/// The workers of one team or several.
struct Crew {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    /// Whether a call is under way: a second one, from another thread or from within a task, does its tasks itself.
    busy: AtomicBool,
}

/// A function of the number of the task and of the thread, both from 0.
type Task<'a> = &'a (dyn Fn(usize, usize) + Sync);

struct Shared {
    /// Twice the number of calls so far, and 1 while one is open; above [`INSIDE`] the number of workers inside.
    state: AtomicU64,
    /// The tasks of the open call.
    call: UnsafeCell<Option<Call>>,
    /// How many tasks of each thread's share have been taken.
    taken: Vec<Apart>,
    /// The first panic of a worker in this call.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// Whether each worker is parked or about to.
    parked: Vec<AtomicBool>,
    stop: AtomicBool,
}

/// A counter in a cache line of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Apart(AtomicUsize);

#[derive(Clone, Copy)]
struct Call {
    /// Lives as long as the call is open or a worker is inside.
    task: *const (dyn Fn(usize, usize) + Sync),
    n_tasks: usize,
}

// SAFETY: `call` is the only part that is not `Sync` by itself. It is written only by the thread that set `busy`, while no
// worker is inside and the call is closed; it is read only by workers that entered an open call. What its pointer leads
// to is `Sync`.
unsafe impl Sync for Shared {}
// SAFETY: as above; nothing in it belongs to a thread.
unsafe impl Send for Shared {}

/// One worker inside, as counted in `Shared::state`.
const INSIDE: u64 = 1 << 52;
const OPEN: u64 = 1;

impl Team {
    /// The calling thread and `threads - 1` workers; fewer if the system gives no more.
    pub(crate) fn new(threads: usize) -> Self {
        Self::of(Arc::new(Crew::new(threads)))
    }

    fn of(crew: Arc<Crew>) -> Self {
        Self { crew, rests: AtomicBool::new(false) }
    }

    /// All processors; the workers are the same for the whole process.
    pub(crate) fn of_all_processors() -> Self {
        static CREW: OnceLock<Arc<Crew>> = OnceLock::new();
        let all = || Arc::new(Crew::new(thread::available_parallelism().map_or(1, Into::into)));
        Self::of(Arc::clone(CREW.get_or_init(all)))
    }

    /// The calling thread and nobody else.
    pub(crate) fn alone() -> Arc<Self> {
        static TEAM: OnceLock<Arc<Team>> = OnceLock::new();
        Arc::clone(TEAM.get_or_init(|| Arc::new(Self::new(1))))
    }

    /// How many threads take part: thread numbers are below.
    pub(crate) fn threads(&self) -> usize {
        self.crew.workers.len() + 1
    }

    /// From now on the calling thread does all tasks itself, or no longer.
    pub(crate) fn let_rest(&self, rests: bool) {
        self.rests.store(rests, Ordering::Relaxed);
    }

    /// Calls `task(number, thread)` once for each number below `n_tasks`, on all threads of the team; returns when all are
    /// done. At no time do two tasks run with one thread number.
    ///
    /// A panic in a task goes on in the caller once nobody is at work any more.
    pub(crate) fn run(&self, n_tasks: usize, task: Task<'_>) {
        if n_tasks <= 1 || self.rests.load(Ordering::Relaxed) || !self.crew.run(n_tasks, task) {
            for number in 0..n_tasks {
                task(number, 0);
            }
        }
    }
}

impl Crew {
    fn new(threads: usize) -> Self {
        let n_workers = threads.clamp(1, 1 << 10) - 1;
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            call: UnsafeCell::new(None),
            taken: (0..=n_workers).map(|_| Apart::default()).collect(),
            panic: Mutex::new(None),
            parked: (0..n_workers).map(|_| AtomicBool::new(false)).collect(),
            stop: AtomicBool::new(false),
        });
        let mut workers = Vec::with_capacity(n_workers);
        for number in 0..n_workers {
            let started = Arc::new(Barrier::new(2));
            let (theirs, shared) = (Arc::clone(&started), Arc::clone(&shared));
            let worker = move || {
                theirs.wait();
                drop(theirs);
                shared.work(number);
            };
            match thread::Builder::new().name(format!("ann-{}", number + 1)).spawn(worker) {
                Ok(worker) => {
                    // What a thread allocates for itself is done before the first step.
                    started.wait();
                    workers.push(worker);
                }
                Err(_) => break,
            }
        }
        Self { shared, workers, busy: AtomicBool::new(false) }
    }

    /// [`Team::run`]; returns whether it did, as it does not if there are no workers, or a call is under way.
    fn run(&self, n_tasks: usize, task: Task<'_>) -> bool {
        let is_free =
            || self.busy.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok();
        if self.workers.is_empty() || !is_free() {
            return false;
        }
        let shared = &*self.shared;
        // SAFETY: only the lifetime is changed, and no worker uses the pointer after this function returned: it waits below
        // until the call is closed and nobody inside.
        let forever = unsafe { std::mem::transmute::<Task<'_>, Task<'static>>(task) };
        // SAFETY: `busy` is ours, the call is closed and nobody inside, see `Sync for Shared`.
        unsafe { *shared.call.get() = Some(Call { task: forever, n_tasks }) };
        for taken in &shared.taken {
            taken.0.store(0, Ordering::Relaxed);
        }
        // The call opens, under the next number. SeqCst: a worker about to park says so, then looks again.
        shared.state.fetch_add(3, Ordering::SeqCst);
        for (parked, worker) in shared.parked.iter().zip(&self.workers) {
            if parked.load(Ordering::SeqCst) && parked.swap(false, Ordering::SeqCst) {
                worker.thread().unpark();
            }
        }
        let own = catch_unwind(AssertUnwindSafe(|| shared.take_tasks(task, n_tasks, 0)));
        // After this no worker enters; those inside are waited for.
        shared.state.fetch_sub(OPEN, Ordering::AcqRel);
        let mut looks = 0;
        while INSIDE <= shared.state.load(Ordering::Acquire) {
            // A worker may have lost its processor to another program.
            looks += 1;
            if looks < LOOKS { std::hint::spin_loop() } else { thread::yield_now() }
        }
        let theirs = shared.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.busy.store(false, Ordering::Release);
        if let Err(panic) = own {
            resume_unwind(panic);
        }
        if let Some(panic) = theirs {
            resume_unwind(panic);
        }
        true
    }
}

impl Shared {
    /// A worker's life.
    fn work(&self, number: usize) {
        let mut last = 0;
        let mut looks = 0;
        while !self.stop.load(Ordering::Relaxed) {
            let state = self.state.load(Ordering::Acquire);
            let call = state % INSIDE;
            if call % 2 == OPEN && call != last {
                if self
                    .state
                    .compare_exchange(state, state + INSIDE, Ordering::AcqRel, Ordering::Relaxed)
                    .is_ok()
                {
                    last = call;
                    looks = 0;
                    self.take_part(number);
                    self.state.fetch_sub(INSIDE, Ordering::AcqRel);
                }
                continue;
            }
            looks += 1;
            if looks < LOOKS {
                std::hint::spin_loop();
                continue;
            }
            self.parked[number].store(true, Ordering::SeqCst);
            let call = self.state.load(Ordering::SeqCst) % INSIDE;
            let news = call % 2 == OPEN && call != last || self.stop.load(Ordering::SeqCst);
            if !news {
                // Returns at once if it was woken in between; may return without a reason, then it parks again.
                thread::park();
            }
            self.parked[number].store(false, Ordering::SeqCst);
            looks = if news { 0 } else { looks / 2 };
        }
    }

    fn take_part(&self, number: usize) {
        // SAFETY: we are inside an open call, see `Sync for Shared`.
        let Some(Call { task, n_tasks }) = (unsafe { *self.call.get() }) else { return };
        // SAFETY: the caller keeps it alive while we are inside.
        let task = unsafe { &*task };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.take_tasks(task, n_tasks, number + 1))) {
            self.panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
        }
    }

    fn take_tasks(&self, task: Task<'_>, n_tasks: usize, thread: usize) {
        let threads = self.taken.len();
        for of in (thread..threads).chain(0..thread) {
            let share = of * n_tasks / threads..(of + 1) * n_tasks / threads;
            loop {
                let number = share.start + self.taken[of].0.fetch_add(1, Ordering::Relaxed);
                if share.end <= number {
                    break;
                }
                task(number, thread);
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            // A worker catches the panics of its tasks: it ends in order.
            let _ = worker.join();
        }
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crew({})", self.workers.len() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_task_is_done_once() {
        for threads in 1..=4 {
            let team = Team::new(threads);
            for n_tasks in [0, 1, 2, 3, 17, 1000] {
                let done: Vec<AtomicUsize> = (0..n_tasks).map(|_| AtomicUsize::new(0)).collect();
                team.run(n_tasks, &|number, thread| {
                    assert!(thread < threads);
                    done[number].fetch_add(1, Ordering::Relaxed);
                });
                assert!(done.iter().all(|count| count.load(Ordering::Relaxed) == 1));
            }
        }
    }

    #[test]
    fn no_two_tasks_share_a_thread_number() {
        let team = Team::new(3);
        let taken: Vec<AtomicBool> = (0..3).map(|_| AtomicBool::new(false)).collect();
        for _ in 0..2000 {
            team.run(8, &|_, thread| {
                assert!(!taken[thread].swap(true, Ordering::SeqCst));
                std::hint::spin_loop();
                taken[thread].store(false, Ordering::SeqCst);
            });
        }
    }

    #[test]
    fn while_the_workers_rest_the_caller_does_all_tasks() {
        let team = Team::new(3);
        for rests in [true, false, true] {
            team.let_rest(rests);
            let (done, here) = (AtomicUsize::new(0), thread::current().id());
            team.run(50, &|_, _| {
                thread::sleep(Duration::from_micros(if rests { 0 } else { 200 }));
                done.fetch_add(usize::from(thread::current().id() == here), Ordering::Relaxed);
            });
            assert_eq!(done.into_inner() == 50, rests);
        }
    }

    #[test]
    fn calls_after_a_pause_and_in_a_hurry_all_end() {
        let team = Team::new(3);
        let sum = AtomicUsize::new(0);
        for round in 0..3000 {
            team.run(5, &|number, _| {
                sum.fetch_add(number, Ordering::Relaxed);
            });
            if round % 200 == 0 {
                thread::sleep(Duration::from_millis(2));
            }
        }
        assert_eq!(sum.load(Ordering::Relaxed), 30_000);
    }

    #[test]
    fn a_call_within_a_task_and_calls_from_several_threads_are_carried_out() {
        let team = Team::new(2);
        let sum = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        team.run(4, &|_, _| {
                            team.run(3, &|_, _| {
                                sum.fetch_add(1, Ordering::Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(sum.load(Ordering::Relaxed), 3 * 200 * 12);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_works_on() {
        let team = Team::new(2);
        for bad in 0..20 {
            let result = catch_unwind(AssertUnwindSafe(|| {
                team.run(20, &|number, _| {
                    thread::sleep(Duration::from_micros(20));
                    assert!(number != bad, "task {bad}");
                });
            }));
            let panic = result.expect_err("the panic was lost");
            assert_eq!(panic.downcast_ref::<String>(), Some(&format!("task {bad}")));
        }
        let sum = AtomicUsize::new(0);
        team.run(10, &|_, _| {
            sum.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(sum.load(Ordering::Relaxed), 10);
    }
}
