//! What the macro's expansion calls in constant evaluation, where sizes are named constants.
//!
//! Each function panics with the sentence that the macro itself would have said, so that `cargo check` shows it at the
//! user's text.

use crate::misfit::Place;
use crate::{Dim, LayerSpec, Misfit, Shape};

/// The output of a layer whose sizes are all known by now.
#[track_caller]
pub const fn output(place: &Place<'_>, spec: &LayerSpec, inputs: &[Shape]) -> Shape {
    match spec.output(inputs) {
        Ok(shape) => shape,
        Err(misfit) => refuse(place, &misfit),
    }
}

/// How many numbers a layer learns.
#[track_caller]
pub const fn parameters(place: &Place<'_>, spec: &LayerSpec, inputs: &[Shape]) -> usize {
    match spec.parameters(inputs) {
        Ok(count) => count,
        // Said already where the output was worked out.
        Err(_) if spec.output(inputs).is_err() => 0,
        Err(misfit) => refuse(place, &misfit),
    }
}

/// The cost of a layer, forward, for one example.
#[track_caller]
pub const fn flops(place: &Place<'_>, spec: &LayerSpec, inputs: &[Shape]) -> u64 {
    match spec.flops(inputs) {
        Ok(count) => count,
        // Said already where the output was worked out.
        Err(_) if spec.output(inputs).is_err() => 0,
        Err(misfit) => refuse(place, &misfit),
    }
}

/// The size of one axis as the shape types write it: `usize::MAX` for `_`.
#[track_caller]
pub const fn dim(shape: &Shape, axis: usize) -> usize {
    match shape.dim(axis) {
        Dim::Known(size) => size,
        Dim::Open(symbol) => {
            assert!(symbol.is_steps(), "a size is still open");
            usize::MAX
        }
    }
}

#[track_caller]
const fn refuse(place: &Place<'_>, misfit: &Misfit) -> ! {
    let text = misfit.text(place);
    panic!("{}", text.as_str())
}

/// That the body ends in the shape which the signature promises.
#[track_caller]
pub const fn require_end(body: &Shape, promised: &Shape) {
    if let Some(true) = body.equals(promised) {
        return;
    }
    let text = crate::Text::new()
        .then("the body ends in ")
        .shape(body, &[])
        .then(", but the signature promises ")
        .shape(promised, &[]);
    panic!("{}", text.as_str())
}

/// That a layer gives the shape which the text declares for it.
#[track_caller]
pub const fn require_declared(label: &str, found: &Shape, declared: &Shape) {
    if let Some(true) = found.equals(declared) {
        return;
    }
    let text = crate::Text::new()
        .quoted(label)
        .then(" gives ")
        .shape(found, &[])
        .then(", not ")
        .shape(declared, &[]);
    panic!("{}", text.as_str())
}

/// That the weight of a tied layer is the transpose of the one it uses. Other layers than `Dense` pass.
#[track_caller]
pub const fn require_tied(
    place: &Place<'_>,
    layer: (&LayerSpec, &[Shape]),
    other: (&str, &LayerSpec, &[Shape]),
) {
    let (LayerSpec::Dense(tied), LayerSpec::Dense(owner)) = (layer.0, other.1) else { return };
    let needed = match tied.weight(layer.1) {
        Ok(needed) => Shape::of(&needed),
        Err(misfit) => refuse(place, &misfit),
    };
    let offered = match owner.weight(other.2) {
        Ok([n, k]) => Shape::of(&[k, n]),
        Err(misfit) => refuse(place, &misfit),
    };
    if let Some(true) = needed.equals(&offered) {
        return;
    }
    let text = crate::Text::new()
        .quoted(place.who())
        .then(" needs a weight of ")
        .shape(&needed, &[])
        .then("; that of ")
        .quoted(other.0)
        .then(" is ")
        .shape(&offered, &[])
        .then(" when transposed");
    panic!("{}", text.as_str())
}

/// A shape of the signature, whose constants are known by now: none of them may be zero.
#[track_caller]
pub const fn signature(shape: Shape) -> Shape {
    let mut axis = 0;
    while axis < shape.rank() {
        if let Dim::Known(0) = shape.dim(axis) {
            let text =
                crate::Text::new().then("a size of ").shape(&shape, &[]).then(" is 0; it is at least 1");
            panic!("{}", text.as_str())
        }
        axis += 1;
    }
    shape
}
