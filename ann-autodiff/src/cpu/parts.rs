//! [`Part`]: how vectors are dealt out to the tasks of a [`Team`].

use super::team::Team;

/// A vector dealt out in pieces of equal length, the last perhaps shorter.
pub(crate) struct Part<'a, T> {
    data: &'a mut [T],
    len: usize,
    to: To,
}

#[derive(Clone, Copy)]
enum To {
    Task,
    Thread,
}

impl<'a, T> Part<'a, T> {
    /// Task `i` gets piece `i`, empty once the vector is used up.
    pub(crate) fn of_task(data: &'a mut [T], len: usize) -> Self {
        Self { data, len, to: To::Task }
    }

    /// Thread `i` lends its tasks piece `i`, one after the other: scratch memory.
    pub(crate) fn of_thread(data: &'a mut [T], len: usize) -> Self {
        Self { data, len, to: To::Thread }
    }
}

/// The same as plain data, to be seen by all threads.
struct Shared<T> {
    start: *mut T,
    whole: usize,
    len: usize,
    to: To,
}

// SAFETY: each thread makes slices only of pieces that nobody else has at the time, see `deal`.
unsafe impl<T: Send> Sync for Shared<T> {}

/// Runs `task(number, pieces)` for each number below `n_tasks` on the team.
pub(crate) fn deal<T: Send, const N: usize>(
    team: &Team,
    n_tasks: usize,
    parts: [Part<'_, T>; N],
    task: impl Fn(usize, [&mut [T]; N]) + Sync,
) {
    if n_tasks == 1 {
        // Nothing to share: a small task takes less time than handing it round does.
        let pieces = parts.map(|Part { data, len, .. }| {
            let len = len.min(data.len());
            &mut data[..len]
        });
        return task(0, pieces);
    }
    let parts = parts.map(|part| Shared {
        start: part.data.as_mut_ptr(),
        whole: part.data.len(),
        len: part.len,
        to: part.to,
    });
    team.run(n_tasks, &|number, thread| {
        let pieces = std::array::from_fn(|i| {
            let part: &Shared<T> = &parts[i];
            let index = match part.to {
                To::Task => number,
                To::Thread => thread,
            };
            let start = index.saturating_mul(part.len).min(part.whole);
            let end = (start + part.len).min(part.whole);
            // SAFETY: `start..end` lies within the vector, which `parts` borrowed mutably until `deal` returns. Pieces of
            // different indices do not overlap; the team runs every task number once, and no two tasks of one
            // thread number at a time.
            unsafe { std::slice::from_raw_parts_mut(part.start.add(start), end - start) }
        });
        task(number, pieces);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_dealt_in_order_and_the_last_is_shorter() {
        let team = Team::new(3);
        let mut values = vec![0.0f32; 103];
        let mut scratch = vec![0.0f32; 3];
        deal(
            &team,
            12,
            [Part::of_task(&mut values, 10), Part::of_thread(&mut scratch, 1)],
            |number, [piece, own]| {
                assert_eq!(piece.len(), [10, 3, 0][number.saturating_sub(9)]);
                own[0] = number as f32;
                piece.fill(own[0] + 1.0);
            },
        );
        assert!(values.iter().enumerate().all(|(i, value)| *value == (i / 10) as f32 + 1.0));
    }
}
