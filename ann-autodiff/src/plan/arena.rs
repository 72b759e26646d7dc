//! Places in one arena for values that live at different times.

use std::ops::Range;

/// Elements between places are multiples of this: a cache line of `f32`.
const ALIGN: usize = 16;

/// A value's length, and from when to when it is needed, both ends included.
#[derive(Clone, Debug)]
pub(super) struct Interval {
    pub(super) len: usize,
    pub(super) birth: usize,
    pub(super) death: usize,
}

/// A place for each interval, no two that live at one time overlapping, and the length of the arena.
///
/// The largest are placed first, each at the lowest offset that is free for all its life: within a few per cent of the
/// optimum on networks (Pisarchyk, Lee: "Efficient memory management for deep neural net inference", 2020).
pub(super) fn place(intervals: &[Interval]) -> (Vec<Range<usize>>, usize) {
    let mut order: Vec<usize> = (0..intervals.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(intervals[*i].len));
    let mut places = vec![0..0; intervals.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut total = 0;
    for i in order {
        let interval = &intervals[i];
        if interval.len == 0 {
            continue;
        }
        let mut taken: Vec<Range<usize>> = placed
            .iter()
            .filter(|j| intervals[**j].birth <= interval.death && interval.birth <= intervals[**j].death)
            .map(|j| places[*j].clone())
            .collect();
        taken.sort_by_key(|range| range.start);
        let mut start = 0;
        for range in taken {
            if start + interval.len <= range.start {
                break;
            }
            start = start.max(range.end.next_multiple_of(ALIGN));
        }
        places[i] = start..start + interval.len;
        total = total.max(start + interval.len);
        placed.push(i);
    }
    (places, total.next_multiple_of(ALIGN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn what_lives_together_lies_apart() {
        let random = Random::new(1);
        let intervals: Vec<Interval> = (0..200)
            .map(|i| {
                let birth = random.below(3 * i, 100);
                Interval {
                    len: random.below(3 * i + 1, 500),
                    birth,
                    death: birth + random.below(3 * i + 2, 30),
                }
            })
            .collect();
        let (places, total) = place(&intervals);
        for (i, a) in intervals.iter().enumerate() {
            assert_eq!(places[i].len(), a.len);
            assert!(places[i].end <= total);
            for (j, b) in intervals.iter().enumerate().take(i) {
                let together = a.birth <= b.death && b.birth <= a.death;
                let overlap = places[i].start < places[j].end && places[j].start < places[i].end;
                assert!(!(together && overlap), "{i} and {j}");
            }
        }
        assert!(total < intervals.iter().map(|i| i.len).sum::<usize>() / 2, "nothing was shared");
    }
}
