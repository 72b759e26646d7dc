//! What a history looks like: a panel of losses, and panels of metrics below it.

use super::axis::{Axis, Scale};
use super::drawing::{Anchor, Colour, Drawing, Point};
use super::font;
use crate::train::{Epoch, History};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 28.0;
/// Above the first panel, for the title.
const HEAD: f64 = 52.0;
/// Of a panel: its own line of text, its curves, and the marks below.
const CAPTION: f64 = 34.0;
const PANEL: f64 = 230.0;
const FOOT: f64 = 52.0;
/// Below the last panel.
const END: f64 = 10.0;

const INK: Colour = [31, 41, 55];
const GREY: Colour = [107, 114, 128];
const FRAME: Colour = [156, 163, 175];
const GRID: Colour = [229, 231, 235];
/// Okabe and Ito's colours, which most colour-blind people tell apart.
const COLOURS: [Colour; 7] = [
    [0, 114, 178],
    [213, 94, 0],
    [0, 158, 115],
    [204, 121, 167],
    [86, 180, 233],
    [230, 159, 0],
    [90, 90, 90],
];
/// Up to so many epochs, each has a dot.
const DOTTED: usize = 40;

struct Curve {
    name: String,
    values: Vec<(u64, f64)>,
    colour: Colour,
}

struct Panel {
    title: String,
    curves: Vec<Curve>,
    scale: fn(&[Curve]) -> Axis,
}

pub(super) fn figure(history: &History) -> Drawing {
    let panels = panels(history);
    let height = HEAD + panels.len() as f64 * (CAPTION + PANEL + FOOT) + END;
    let mut drawing = Drawing { width: WIDTH, height, marks: Vec::new() };
    drawing.text((LEFT, 34.0), "Learning curve", Anchor::Start, 18.0, INK);
    let epochs = match history.len() {
        0 => "no epochs yet".to_owned(),
        1 => format!("1 epoch, {}", duration(history.seconds())),
        count => format!("{count} epochs, {}", duration(history.seconds())),
    };
    drawing.text((WIDTH - RIGHT, 34.0), &epochs, Anchor::End, 13.0, GREY);
    for (number, panel) in panels.iter().enumerate() {
        draw(&mut drawing, panel, history.epochs(), HEAD + number as f64 * (CAPTION + PANEL + FOOT));
    }
    drawing
}

/// Losses; metrics between 0 and 1 together; each other metric alone.
fn panels(history: &History) -> Vec<Panel> {
    let mut losses = vec![curve(history, "loss", "training", 0)];
    if history.epochs().iter().any(|epoch| epoch.validation_loss.is_some()) {
        losses.push(curve(history, "validation_loss", "validation", 1));
    }
    let mut panels =
        vec![Panel { title: "loss".into(), curves: losses, scale: |curves| Axis::fitting(values(curves)) }];
    let mut shares = Vec::new();
    let mut others = Vec::new();
    for (number, name) in history.metrics().into_iter().enumerate() {
        let curve = curve(history, name, name, number + 2);
        let is_share =
            curve.values.iter().all(|(_, value)| !value.is_finite() || (0.0..=1.0).contains(value));
        if is_share { shares.push(curve) } else { others.push(curve) }
    }
    if !shares.is_empty() {
        let title = if let [only] = &*shares { only.name.clone() } else { "metrics".into() };
        panels.push(Panel { title, curves: shares, scale: |curves| Axis::linear(values(curves)) });
    }
    panels.extend(others.into_iter().map(|curve| Panel {
        title: curve.name.clone(),
        curves: vec![curve],
        scale: |curves| Axis::fitting(values(curves)),
    }));
    panels
}

fn curve(history: &History, figure: &str, name: &str, colour: usize) -> Curve {
    Curve { name: name.to_owned(), values: history.series(figure), colour: COLOURS[colour % COLOURS.len()] }
}

fn values(curves: &[Curve]) -> impl Iterator<Item = f64> + Clone {
    curves.iter().flat_map(|curve| curve.values.iter().map(|(_, value)| *value))
}

fn draw(drawing: &mut Drawing, panel: &Panel, epochs: &[Epoch], top: f64) {
    let (upper, lower, right) = (top + CAPTION, top + CAPTION + PANEL, WIDTH - RIGHT);
    let first = epochs.first().map_or(0, |epoch| epoch.epoch);
    let across = Axis::whole(first, epochs.last().map_or(first + 1, |epoch| epoch.epoch), 12);
    let up = (panel.scale)(&panel.curves);
    // A little room on both sides, so that dots do not lie on the frame.
    let x = |value: f64| LEFT + 10.0 + (right - LEFT - 20.0) * across.place(value);
    let y = |value: f64| lower - PANEL * up.place(value);

    let title = if up.scale == Scale::Logarithmic {
        format!("{} (log scale)", panel.title)
    } else {
        panel.title.clone()
    };
    drawing.text((LEFT, upper - 12.0), &title, Anchor::Start, 14.0, INK);
    legend(drawing, &panel.curves, (right, upper - 12.0));
    for (value, text) in &up.marks {
        drawing.line(&[(LEFT, y(*value)), (right, y(*value))], GRID, 1.0);
        drawing.text((LEFT - 10.0, y(*value) + 4.2), text, Anchor::End, 12.0, GREY);
    }
    for (value, text) in &across.marks {
        drawing.line(&[(x(*value), upper), (x(*value), lower)], GRID, 1.0);
        drawing.line(&[(x(*value), lower), (x(*value), lower + 4.0)], FRAME, 1.0);
        drawing.text((x(*value), lower + 19.0), text, Anchor::Middle, 12.0, GREY);
    }
    drawing.line(&[(LEFT, upper), (LEFT, lower), (right, lower)], FRAME, 1.0);
    drawing.text((0.5 * (LEFT + right), lower + 38.0), "epoch", Anchor::Middle, 12.0, GREY);

    for curve in &panel.curves {
        // What is not a number leaves a gap.
        for run in curve.values.split(|(_, value)| !value.is_finite() || !up.place(*value).is_finite()) {
            let points: Vec<Point> = run.iter().map(|(epoch, value)| (x(*epoch as f64), y(*value))).collect();
            if 1 < points.len() {
                drawing.line(&points, curve.colour, 2.0);
            }
            if epochs.len() <= DOTTED || points.len() == 1 {
                for at in points {
                    drawing.dot(at, 2.8, curve.colour);
                }
            }
        }
    }
}

/// From right to left: the last value, the name, a piece of the curve.
fn legend(drawing: &mut Drawing, curves: &[Curve], (mut x, y): Point) {
    for curve in curves.iter().rev() {
        let last = curve.values.last().map_or_else(String::new, |(_, value)| short(*value));
        drawing.text((x, y), &last, Anchor::End, 12.0, GREY);
        x -= font::width(&last, 12.0) + 7.0;
        drawing.text((x, y), &curve.name, Anchor::End, 12.0, INK);
        x -= font::width(&curve.name, 12.0) + 9.0;
        drawing.line(&[(x - 18.0, y - 4.0), (x, y - 4.0)], curve.colour, 2.0);
        drawing.dot((x - 9.0, y - 4.0), 2.8, curve.colour);
        x -= 38.0;
    }
}

/// Three digits or four.
fn short(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if !size.is_finite() => value.to_string(),
        _ if size != 0.0 && !(1e-3..1e5).contains(&size) => format!("{value:.2e}"),
        _ if size < 1.0 => format!("{value:.4}"),
        _ => format!("{value:.*}", 3usize.saturating_sub(size.log10() as usize)),
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        _ if seconds < 10.0 => format!("{seconds:.2} s of training"),
        _ if seconds < 120.0 => format!("{seconds:.0} s of training"),
        _ if seconds < 7200.0 => format!("{:.0} min of training", seconds / 60.0),
        _ => format!("{:.1} h of training", seconds / 3600.0),
    }
}
