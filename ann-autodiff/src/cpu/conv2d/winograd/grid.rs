//! [`Grid`]: the output of a convolution cut into square tiles, and these dealt out to the columns of panels.

/// Tiles `left..left + len` of row `top` of an image, in columns `at..` of a panel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) image: usize,
    pub(super) top: usize,
    pub(super) left: usize,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// Columns that the runs of a panel take.
#[inline(always)]
pub(super) fn used(runs: &[Run]) -> usize {
    runs.last().map_or(0, |run| run.at + run.len)
}

/// All tiles of a batch: image after image, row after row.
#[derive(Debug)]
pub(super) struct Grid {
    /// Columns of a panel.
    pub(super) width: usize,
    /// How many tiles there are.
    pub(super) tiles: usize,
    runs: Vec<Run>,
    /// Where the runs of each panel end.
    ends: Vec<usize>,
}

impl Grid {
    /// For planes of this size, tiles of `side` by `side`.
    pub(super) fn new(images: usize, size: [usize; 2], side: usize, width: usize) -> Self {
        let [rows, columns] = Self::tiles_of(size, side);
        let tiles = images * rows * columns;
        let (mut runs, mut ends) = (Vec::new(), Vec::new());
        for first in (0..tiles).step_by(width) {
            let end = (first + width).min(tiles);
            let mut tile = first;
            while tile < end {
                let left = tile % columns;
                let len = (columns - left).min(end - tile);
                let row = tile / columns;
                runs.push(Run { image: row / rows, top: row % rows, left, at: tile - first, len });
                tile += len;
            }
            ends.push(runs.len());
        }
        Self { width, tiles, runs, ends }
    }

    /// Rows and columns of tiles of a plane.
    pub(super) fn tiles_of(size: [usize; 2], side: usize) -> [usize; 2] {
        size.map(|size| size.div_ceil(side))
    }

    /// The runs of a panel.
    pub(super) fn panel(&self, number: usize) -> &[Run] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.runs[start..self.ends[number]]
    }

    /// Tiles that are treated at once: whole panels, parts of equal size, no more than `most` unless a panel is.
    pub(super) fn round(&self, most: usize) -> usize {
        let parts = self.tiles.div_ceil(most.max(self.width)).max(1);
        self.tiles.div_ceil(parts).next_multiple_of(self.width).max(self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_has_a_column_of_its_own() {
        for (images, size, side, width) in
            [(3, [7, 7], 2, 32), (2, [56, 13], 4, 8), (1, [1, 2], 2, 4), (0, [5, 5], 2, 4)]
        {
            let grid = Grid::new(images, size, side, width);
            let [rows, columns] = size.map(|size| size.div_ceil(side));
            let mut tile = 0;
            for panel in 0..grid.tiles.div_ceil(width) {
                for run in grid.panel(panel) {
                    assert_eq!(run.at, tile % width);
                    assert_eq!((run.image * rows + run.top) * columns + run.left, tile);
                    tile += run.len;
                }
            }
            assert_eq!(tile, images * rows * columns);
            assert_eq!(grid.round(2 * width) % width, 0);
        }
    }
}
