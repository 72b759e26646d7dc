//! A [`Drawing`] as pixels, its edges smoothed.

use super::drawing::{Anchor, Colour, Drawing, Mark, Point};
use super::font;

/// Pixels of the file for a pixel of the drawing: sharp on a dense screen.
const ZOOM: f64 = 2.0;

/// The stroke of a letter, as a share of its size.
const PEN: f64 = 0.085;

/// An image of `[r, g, b]` pixels, row by row.
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<Colour>,
}

impl Raster {
    pub(super) fn of(drawing: &Drawing) -> Self {
        let (width, height) =
            ((ZOOM * drawing.width).ceil() as usize, (ZOOM * drawing.height).ceil() as usize);
        let mut raster = Self { width, height, pixels: vec![[255; 3]; width * height] };
        for mark in &drawing.marks {
            match mark {
                Mark::Line { points, colour, width } => {
                    raster.stroke(&[zoomed(points)], ZOOM * width, *colour);
                }
                Mark::Dot { at, radius, colour } => {
                    raster.stroke(&[zoomed(&[*at, *at])], 2.0 * ZOOM * radius, *colour);
                }
                Mark::Text { at: (x, y), text, anchor, size, colour } => {
                    let width = font::width(text, *size);
                    let x = match anchor {
                        Anchor::Start => *x,
                        Anchor::Middle => x - 0.5 * width,
                        Anchor::End => x - width,
                    };
                    let lines: Vec<_> =
                        font::trace(text, *size, (x, *y)).iter().map(|line| zoomed(line)).collect();
                    raster.stroke(&lines, ZOOM * PEN * size, *colour);
                }
            }
        }
        raster
    }

    /// Draws lines with round ends and joints as one thing: where they cross, no pixel is painted twice.
    fn stroke(&mut self, lines: &[Vec<Point>], width: f64, colour: Colour) {
        let radius = 0.5 * width;
        let reach = radius + 1.0;
        let points = || lines.iter().flatten();
        let limit = |value: f64, size: usize| value.clamp(0.0, size as f64) as usize;
        let left = limit(points().map(|p| p.0).fold(f64::INFINITY, f64::min) - reach, self.width);
        let right = limit(points().map(|p| p.0).fold(f64::NEG_INFINITY, f64::max) + reach, self.width);
        let top = limit(points().map(|p| p.1).fold(f64::INFINITY, f64::min) - reach, self.height);
        let bottom = limit(points().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max) + reach, self.height);
        if right <= left || bottom <= top {
            return;
        }
        let columns = right - left;
        // How much of each pixel is covered, from 0 to 1.
        let mut cover = vec![0.0f64; columns * (bottom - top)];
        for segment in lines.iter().flat_map(|line| line.windows(2)) {
            let [a, b] = [segment[0], segment[1]];
            let span = |low: f64, high: f64, from: usize, to: usize| {
                let low = (low - reach).clamp(from as f64, to as f64) as usize;
                low..((high + reach).clamp(from as f64, to as f64) as usize)
            };
            for y in span(a.1.min(b.1), a.1.max(b.1), top, bottom) {
                for x in span(a.0.min(b.0), a.0.max(b.0), left, right) {
                    let distance = distance((x as f64 + 0.5, y as f64 + 0.5), a, b);
                    let covered = (radius + 0.5 - distance).clamp(0.0, width.min(1.0));
                    let cell = &mut cover[(y - top) * columns + x - left];
                    *cell = covered.max(*cell);
                }
            }
        }
        for (row, cover) in cover.chunks_exact(columns).enumerate() {
            let start = (top + row) * self.width + left;
            for (pixel, covered) in self.pixels[start..start + columns].iter_mut().zip(cover) {
                for (channel, new) in pixel.iter_mut().zip(colour) {
                    *channel =
                        (f64::from(*channel) * (1.0 - covered) + f64::from(new) * covered).round() as u8;
                }
            }
        }
    }
}

fn zoomed(points: &[Point]) -> Vec<Point> {
    points.iter().map(|(x, y)| (ZOOM * x, ZOOM * y)).collect()
}

/// Of a point from a segment.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along =
        if length == 0.0 { 0.0 } else { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0) };
    (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_paints_what_it_covers_and_no_more() {
        let mut drawing = Drawing { width: 10.0, height: 10.0, marks: Vec::new() };
        drawing.line(&[(2.0, 5.0), (8.0, 5.0)], [0; 3], 2.0);
        let raster = Raster::of(&drawing);
        let at = |x: usize, y: usize| raster.pixels[y * raster.width + x];
        assert_eq!((raster.width, raster.height), (20, 20));
        assert_eq!(at(10, 10), [0; 3]);
        assert_eq!(at(10, 8), [0; 3]);
        assert_eq!(at(10, 6), [255; 3]);
        assert_eq!(at(0, 10), [255; 3]);
        // Off the picture is no place to paint, and no reason to stop.
        drawing.line(&[(-50.0, 5.0), (-40.0, 500.0)], [0; 3], 2.0);
        Raster::of(&drawing);
    }
}
