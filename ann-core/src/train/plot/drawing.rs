//! A picture of lines, dots and text, and its SVG.

use std::fmt::Write;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

pub(super) type Point = (f64, f64);

/// Where a text lies about its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A thing to draw. Lengths are in pixels, y downwards.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A line through points.
    Line {
        points: Vec<Point>,
        colour: Colour,
        width: f64,
    },
    Dot {
        at: Point,
        radius: f64,
        colour: Colour,
    },
    Text {
        at: Point,
        text: String,
        anchor: Anchor,
        size: f64,
        colour: Colour,
    },
}

/// Things drawn one over the other on white.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
}

impl Drawing {
    pub(super) fn line(&mut self, points: &[Point], colour: Colour, width: f64) {
        self.marks.push(Mark::Line { points: points.to_vec(), colour, width });
    }

    pub(super) fn dot(&mut self, at: Point, radius: f64, colour: Colour) {
        self.marks.push(Mark::Dot { at, radius, colour });
    }

    pub(super) fn text(&mut self, at: Point, text: &str, anchor: Anchor, size: f64, colour: Colour) {
        self.marks.push(Mark::Text { at, text: text.to_owned(), anchor, size, colour });
    }

    pub(super) fn svg(&self) -> String {
        let Self { width, height, marks } = self;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        );
        for mark in marks {
            // Writing to a String cannot fail.
            let _ = match mark {
                Mark::Line { points, colour, width } => {
                    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
                    writeln!(
                        svg,
                        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" \
                         stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
                        points.join(" "),
                        hex(*colour)
                    )
                }
                Mark::Dot { at: (x, y), radius, colour } => {
                    writeln!(
                        svg,
                        "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" fill=\"{}\"/>",
                        hex(*colour)
                    )
                }
                Mark::Text { at: (x, y), text, anchor, size, colour } => {
                    let anchor = match anchor {
                        Anchor::Start => "start",
                        Anchor::Middle => "middle",
                        Anchor::End => "end",
                    };
                    writeln!(
                        svg,
                        "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
                        hex(*colour),
                        escaped(text)
                    )
                }
            };
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn hex([r, g, b]: Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Text as XML takes it; control characters, which it does not take, are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}
