//! A small font of pen strokes, for pictures without a font file.
//!
//! A letter is a few strokes on a grid: the baseline at 8, small letters up to 22, capitals and digits up to 28, descenders
//! down to 1. A stroke is written as pairs of base-36 digits, x and y of its points. One that begins with `~` bends through
//! its points, one that begins with `o` bends and closes; any other is straight.

/// Height of a capital above the baseline, in units of the grid.
const CAPITAL: f64 = 20.0;
const BASELINE: f64 = 8.0;
/// Between letters.
const GAP: f64 = 5.0;
const SPACE: f64 = 9.0;
const DIGIT: f64 = 12.0;
/// Straight pieces of a bend between two points.
const PIECES: usize = 5;

/// What is drawn for a character; a box for one that the font has not.
fn strokes(character: char) -> &'static str {
    match character {
        '0' => "o6sapciab682b0i2p",
        '1' => "3o7s78",
        '2' => "~1o3r6sarcnai08 08c8",
        '3' => "~0p2r6saqbn9k5j ~5j9iceba68290b",
        '4' => "9s0ece 9s98",
        '5' => "bs2s1j ~1j6lajcfbb68290b",
        '6' => "~bq7s2o0g2a68aacfaj6l2j0g",
        '7' => "0scs48",
        '8' => "o6saqbn9k6j3k1n2q o6j9iceba681a0e3i",
        '9' => "~1a58acckaq6s2q0l2h6fahck",
        'a' => "o6makcfaa682a0f2k cmc8",
        'b' => "0s08 o6makcfaa682a0f2k",
        'c' => "~bk6m2k0f2a68ba",
        'd' => "o6makcfaa682a0f2k csc8",
        'e' => "0fcf ~cfak6m2k0f2a68ba",
        'f' => "~9s6r4o4k 4k48 0m8m",
        'g' => "o6makcfaa682a0f2k cmc6 ~c6a3612213",
        'h' => "0s08 ~0h2k6makbg bgb8",
        'i' => "0m08 0r0r",
        'j' => "3m35 ~352201 3r3r",
        'k' => "0s08 am0d 4hb8",
        'l' | 'I' => "0s08",
        'm' => "0m08 ~0h2k5m8k9g 9g98 ~9hbkemhkig igi8",
        'n' => "0m08 ~0h2k6makbg bgb8",
        'o' => "o6makcfaa682a0f2k",
        'p' => "0m01 o6makcfaa682a0f2k",
        'q' => "cmc1 o6makcfaa682a0f2k",
        'r' => "0m08 ~0g2k5m7m",
        's' => "~9k5m1k1h5f9daa580a",
        't' => "4r4c ~4c597899 0m8m",
        'u' => "0m0e ~0e1a589abd bmb8",
        'v' => "0m58am",
        'w' => "0m488mc8gm",
        'x' => "0ma8 am08",
        'y' => "0m58 am21",
        'z' => "0mam08a8",
        'A' => "086sc8 2eae",
        'B' => "5s0s0858 ~5s9rbn9j5i 5i0i ~5iahcda958",
        'C' => "~cpar6s2p0i2b68a9cb",
        'D' => "5s0s0858 ~5saqciaa58",
        'E' => "bs0s08b8 0i9i",
        'F' => "bs0s08 0i9i",
        'G' => "~cpar6s2p0i2b68a9cc ccci7i",
        'H' => "0s08 csc8 0ici",
        'J' => "8s8c ~8c7948190b",
        'K' => "0s08 bs0g 4kc8",
        'L' => "0s08a8",
        'M' => "080s7eese8",
        'N' => "080sc8cs",
        'O' => "o7scpeicb782b0i2p",
        'P' => "6s0s08 ~6sarcnaj6i 6i0i",
        'Q' => "o7scpeicb782b0i2p 9de7",
        'R' => "6s0s08 ~6sarcnaj6i 6i0i 6ic8",
        'S' => "~bp6s1p1l6ibfcb680b",
        'T' => "0scs 6s68",
        'U' => "0s0e ~0e2a68aace cecs",
        'V' => "0s68cs",
        'W' => "0s488sc8gs",
        'X' => "0sc8 cs08",
        'Y' => "0s6ics 6i68",
        'Z' => "0scs08c8",
        '.' => "19291828",
        ',' => "2904",
        '-' => "0f8f",
        '+' => "0fcf 6l69",
        '=' => "0jcj 0dcd",
        '_' => "06c6",
        '/' => "058u",
        '!' => "0s0e 08080909",
        '?' => "~0o2r5sarbo9l6i6f 68686969",
        '#' => "3s18 bs98 0lcl 0fcf",
        '&' => "c83o ~3o4r7s9q8n3h0d2968bd",
        '*' => "4s4k 0q8m 8q0m",
        '\'' => "0s0o",
        '"' => "0s0o 4s4o",
        '|' => "0u05",
        '^' => "0n5s 5san",
        '~' => "~0e2h5f8daf",
        '%' => "o3s6p3m0p obeebb88b cs28",
        '(' => "~4u1p0i1b46",
        ')' => "~0u3p4i3b06",
        '[' => "4u0u0646",
        ']' => "0u4u4606",
        '<' => "bl0fb9",
        '>' => "0lbf09",
        ':' => "1a2a192a 1k2k1j2k",
        '·' => "0g0g",
        _ => "0sasa8080s",
    }
}

type Point = (f64, f64);

/// The points of a stroke, in units of the grid, bends made of straight pieces.
fn points(stroke: &str) -> Vec<Point> {
    let (is_bent, is_closed) = (stroke.starts_with(['~', 'o']), stroke.starts_with('o'));
    let digits: Vec<f64> =
        stroke.chars().skip(usize::from(is_bent)).filter_map(|c| c.to_digit(36)).map(f64::from).collect();
    let corners: Vec<Point> = digits.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    if !is_bent {
        return corners;
    }
    let (Some(first), Some(last)) = (corners.first(), corners.last()) else { return corners };
    // A spline looks at a point more on both sides of each span.
    let around: Vec<Point> = if is_closed {
        [*last].iter().chain(&corners).chain(corners.iter().take(2)).copied().collect()
    } else {
        [*first].iter().chain(&corners).chain([last]).copied().collect()
    };
    let mut bend = vec![*first];
    for span in around.windows(4) {
        let [a, b, c, d] = [span[0], span[1], span[2], span[3]];
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            // Catmull and Rom's spline.
            let along = |a: f64, b: f64, c: f64, d: f64| {
                b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
            };
            bend.push((along(a.0, b.0, c.0, d.0), along(a.1, b.1, c.1, d.1)));
        }
    }
    bend
}

/// How wide a character is without the gap behind it, in units of the grid.
fn advance(character: char) -> f64 {
    match character {
        ' ' => SPACE - GAP,
        '0'..='9' => DIGIT,
        _ => strokes(character).split(' ').flat_map(points).fold(0.0, |widest, (x, _)| widest.max(x)),
    }
}

fn unit(size: f64) -> f64 {
    0.7 * size / CAPITAL
}

/// How wide a text is at a font size; letters are as wide as those of common sans-serif fonts, or nearly.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let widths: f64 = text.chars().map(|c| advance(c) + GAP).sum();
    unit(size) * (widths - GAP).max(0.0)
}

/// The pen's strokes for a text that begins at `(x, y)` on its baseline, y downwards.
pub(super) fn trace(text: &str, size: f64, (mut x, y): Point) -> Vec<Vec<Point>> {
    let unit = unit(size);
    let mut lines = Vec::new();
    for character in text.chars() {
        if character != ' ' {
            for stroke in strokes(character).split(' ') {
                let place = |(px, py): Point| (x + unit * px, y - unit * (py - BASELINE));
                lines.push(points(stroke).into_iter().map(place).collect());
            }
        }
        x += unit * (advance(character) + GAP);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stroke_is_well_formed() {
        for character in (' '..='~').chain(['·', '\u{fffd}']) {
            for stroke in strokes(character).split(' ') {
                let pairs = stroke.trim_start_matches(['~', 'o']);
                assert!(pairs.len() % 2 == 0 && 4 <= pairs.len(), "{character}: {stroke}");
                for (x, y) in points(stroke) {
                    assert!((-1.5..=19.0).contains(&x) && (0.0..=30.5).contains(&y), "{character}: {x} {y}");
                }
            }
        }
    }

    #[test]
    fn digits_are_all_of_one_width() {
        assert_eq!(width("1111", 12.0), width("0000", 12.0));
        assert!(width("iii", 12.0) < width("mmm", 12.0));
        assert_eq!(width("", 12.0), 0.0);
    }
}
