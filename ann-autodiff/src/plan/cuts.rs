//! [`Cuts`]: where the operands of a step lie in a vector, put in order once a plan, so that a run cuts them out without looking for
//! overlaps.

use std::ops::Range;

/// Pieces of one vector that lie apart, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Cuts(Vec<Cut>);

#[derive(Clone, Copy, Debug)]
struct Cut {
    /// How far behind the piece before.
    gap: usize,
    len: usize,
    /// Which operand it is.
    operand: usize,
}

impl Cuts {
    /// Of operands by their numbers and their places, the empty ones left out.
    pub(super) fn new(operands: impl IntoIterator<Item = (usize, Range<usize>)>) -> Self {
        let mut operands: Vec<_> = operands.into_iter().filter(|(_, place)| !place.is_empty()).collect();
        operands.sort_by_key(|(_, place)| place.start);
        let mut end = 0;
        let cut = |(operand, place): (usize, Range<usize>)| {
            let gap = place.start.checked_sub(end).expect("values that live together have places apart");
            end = place.end;
            Cut { gap, len: place.len(), operand }
        };
        Self(operands.into_iter().map(cut).collect())
    }

    /// Gives each operand in a vector, by its number.
    #[inline]
    pub(super) fn each<'a, T>(&self, vector: &'a mut [T], mut give: impl FnMut(usize, &'a mut [T])) {
        let mut rest = vector;
        for cut in &self.0 {
            let (_, from) = rest.split_at_mut(cut.gap);
            let (piece, behind) = from.split_at_mut(cut.len);
            give(cut.operand, piece);
            rest = behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_come_by_their_numbers_wherever_they_lie() {
        let mut vector: Vec<usize> = (0..10).collect();
        let cuts = Cuts::new([(2, 0..2), (0, 7..10), (1, 4..4), (4, 2..5)]);
        let mut pieces: [&mut [usize]; 5] = Default::default();
        cuts.each(&mut vector, |number, piece| pieces[number] = piece);
        assert_eq!(pieces, [&[7, 8, 9][..], &[], &[0, 1], &[], &[2, 3, 4]]);
    }

    #[test]
    #[should_panic(expected = "places apart")]
    fn operands_that_overlap_are_noticed_when_the_plan_is_made() {
        Cuts::new([(0, 0..3), (1, 2..4)]);
    }
}
