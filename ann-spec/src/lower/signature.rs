//! The shapes in the text, and whether the body keeps what the signature promises.

use super::Lowering;
use crate::args::dim;
use crate::graph::NodeLayer;
use crate::written::{Form, Signature, WrittenShape};
use crate::{Dim, MAX_RANK, Shape, Source};

/// Whether two shapes agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They do, as far as can be told after a mistake.
    Yes,
    No,
    /// It depends on constants.
    Later,
}

/// Whether two shapes agree. A const generic agrees with itself only: it may have any value.
pub(super) fn agreement(one: &Shape, two: &Shape) -> Agreement {
    match one.equals(two) {
        Some(true) => Agreement::Yes,
        Some(false) => Agreement::No,
        None => {
            let generic = |dim: &Dim| matches!(dim, Dim::Open(symbol) if symbol.is_generic());
            let mut answer = Agreement::Yes;
            for (a, b) in one.dims().iter().zip(two.dims()) {
                if a.equals(*b).is_some() || a.is_unknown() || b.is_unknown() {
                    continue;
                }
                if generic(a) || generic(b) {
                    return Agreement::No;
                }
                answer = Agreement::Later;
            }
            answer
        }
    }
}

impl<S: Source> Lowering<S> {
    /// Reads a shape of the text; `whose` it is, for sentences.
    pub(super) fn shape(&mut self, written: &WrittenShape<S>, whose: &str) -> Option<Shape> {
        if written.sizes.is_empty() || MAX_RANK < written.sizes.len() {
            let count = written.sizes.len();
            self.error(
                written.at.clone(),
                format!("a shape has 1 to {MAX_RANK} sizes; this one has {count}"),
            );
            return None;
        }
        let mut dims = Vec::new();
        for (axis, term) in written.sizes.iter().enumerate() {
            let size = match (axis, &term.form) {
                (0, Form::Steps) => Ok(Dim::STEPS),
                (_, Form::Steps) => {
                    Err("`_`, a length known at run time, stands only first in a shape".into())
                }
                (_, form) => dim(form, false).map_err(|why| format!("a size of {whose} {why}")),
            };
            dims.push(size.unwrap_or_else(|message| {
                self.error(term.at.clone(), message);
                Dim::UNKNOWN
            }));
        }
        Some(Shape::of(&dims))
    }

    /// Compares the body's end with the promise, and finds outputs that nothing uses.
    pub(super) fn end(&mut self, signature: &Signature<S>) {
        let Some(last) = self.graph.nodes.last() else {
            self.error(signature.name.at.clone(), format!("`{}` has no layers", signature.name.text));
            return;
        };
        // A layer of the user's own at the end is held to the signature by the type system.
        let own = matches!(last.layer, NodeLayer::Own { .. });
        if let (Some(found), Some(promised)) = (last.output, self.graph.output)
            && !(own && last.declared.is_none())
        {
            match agreement(&found, &promised) {
                Agreement::Yes => {}
                Agreement::Later => self.graph.end_later = Some(signature.output.at.clone()),
                Agreement::No => {
                    let (found, promised) = (self.graph.shape_text(&found), self.graph.shape_text(&promised));
                    let message = format!("the body ends in {found}, but the signature promises {promised}");
                    self.error(signature.output.at.clone(), message);
                }
            }
        }
        self.unused();
    }
}
