//! The shape of one node's output.

use super::Lowering;
use super::signature::{Agreement, agreement};
use crate::catalogue::Blur;
use crate::graph::{Input, NodeLayer};
use crate::misfit::Place;
use crate::written::Sources;
use crate::{Diagnostic, Dim, LayerSpec, Misfit, Shape, Source, Symbol};

impl<S: Source> Lowering<S> {
    /// Works out the output of a node whose inputs and arguments could be read. `sources` is what stands behind `<-`.
    pub(super) fn infer(
        &mut self,
        number: usize,
        places: &[(&'static str, S::Location)],
        sources: Option<&Sources<S>>,
    ) {
        let node = &self.graph.nodes[number];
        let Some(spec) = node.spec().copied() else { return };
        let unseen = node.inputs.iter().find_map(|input| self.unseen(*input));
        if let Some(unseen) = unseen {
            return self.cannot_see(unseen);
        }
        let Some(inputs) = self.graph.input_shapes(&self.graph.nodes[number]) else { return };
        let counted = spec.output(&inputs).and_then(|output| {
            // A count that is open waits for the compiler, unless it is open for good.
            let count = spec.parameters(&inputs).map(|_| ()).and(spec.flops(&inputs).map(|_| ()));
            match count {
                Err(Misfit::Open { symbol, .. }) if symbol.is_steps() => {
                    Err(Misfit::Open { symbol, sketch: output })
                }
                Err(Misfit::Open { .. }) => Ok(output),
                other => other.map(|()| output),
            }
        });
        match counted {
            Ok(output) => {
                if has_open_size(&spec) {
                    self.later(number, places);
                }
                self.settle(number, output);
            }
            Err(Misfit::Open { symbol, sketch }) if symbol.distance() == 0 => {
                self.later(number, places);
                let output = self.name_computed(number, sketch);
                self.settle(number, output);
            }
            // What is computed from a const generic can be declared; it is compared where the network is used.
            Err(Misfit::Open { symbol, sketch })
                if symbol.is_generic() && self.graph.nodes[number].declared.is_some() =>
            {
                self.later(number, places);
                let sketch = self.filled_in(number, unknown(sketch));
                self.settle(number, sketch);
            }
            Err(Misfit::Open { symbol: Symbol::UNKNOWN, sketch }) => self.settle(number, unknown(sketch)),
            Err(misfit) => {
                self.misfit(number, &misfit, places, sources);
                if self.graph.nodes[number].declared.is_none() {
                    self.graph.nodes[number].output = blurred(spec, &misfit, &inputs);
                }
            }
        }
    }

    /// Sets the output of a node and compares it with what the text declares.
    fn settle(&mut self, number: usize, output: Shape) {
        let node = &mut self.graph.nodes[number];
        node.output = Some(output);
        if let Some((declared, at)) = node.declared.clone() {
            let who = node.name.clone();
            match agreement(&output, &declared) {
                Agreement::Yes => {}
                Agreement::Later => node.later = Some(at),
                Agreement::No => {
                    let (found, wanted) = (self.graph.shape_text(&output), self.graph.shape_text(&declared));
                    self.error(at, format!("`{who}` gives {found}, not {wanted}"));
                    // What follows was written for the shape that is declared.
                    self.graph.nodes[number].output = Some(declared);
                }
            }
        }
    }

    /// A sketch with the sizes that the text declares in the place of those that are unknown.
    fn filled_in(&self, number: usize, sketch: Shape) -> Shape {
        let Some((declared, _)) = &self.graph.nodes[number].declared else { return sketch };
        (0..sketch.rank()).fold(sketch, |shape, axis| {
            if shape.dim(axis).is_unknown() { shape.with(axis, declared.dim(axis)) } else { shape }
        })
    }

    /// Marks a node whose rule constant evaluation runs again.
    fn later(&mut self, number: usize, places: &[(&'static str, S::Location)]) {
        let node = &mut self.graph.nodes[number];
        let open = node.spec().into_iter().flat_map(LayerSpec::fields).find_map(|(name, field)| {
            let open = field.sizes().iter().any(|size| size.value().is_none());
            open.then(|| places.iter().find(|(place, _)| *place == name)).flatten()
        });
        let at = open.map_or(&node.at, |(_, at)| at).clone();
        node.later = Some(at);
    }

    /// Gives every computed size of a sketch a symbol of its own.
    fn name_computed(&mut self, number: usize, sketch: Shape) -> Shape {
        (0..sketch.rank()).fold(sketch, |shape, axis| match shape.dim(axis) {
            Dim::Open(Symbol::COMPUTED) => {
                shape.with(axis, Dim::Open(self.graph.symbols.output(number, axis)))
            }
            _ => shape,
        })
    }

    /// The node behind an input, if only the type system knows its output.
    fn unseen(&self, input: Input) -> Option<usize> {
        let Input::Node(number) = input else { return None };
        let node = self.graph.nodes.get(number)?;
        (node.output.is_none() && matches!(node.layer, NodeLayer::Own { .. })).then_some(number)
    }

    /// Says, once, that the output of a layer of the user's own must be declared.
    fn cannot_see(&mut self, number: usize) {
        let node = &self.graph.nodes[number];
        let at = node.at.clone();
        let written = match &node.label {
            Some(label) => format!("{}: {}", label.text, node.kind),
            None => node.kind.clone(),
        };
        let message = format!("the macro cannot see `{}`'s output; write `{written} -> [..]`", node.kind);
        // From now on it is wrong rather than unseen, so that nothing else is said about it.
        self.graph.nodes[number].layer = NodeLayer::Wrong;
        self.error(at, message);
    }

    /// Says why a layer refuses what comes in.
    fn misfit(
        &mut self,
        number: usize,
        misfit: &Misfit,
        places: &[(&'static str, S::Location)],
        sources: Option<&Sources<S>>,
    ) {
        let node = &self.graph.nodes[number];
        let names: Vec<&str> = node.inputs.iter().map(|input| self.graph.input_name(*input)).collect();
        let symbols = self.graph.symbols.texts();
        let place = Place { kind: &node.kind, label: node.label(), inputs: &names, symbols: &symbols };
        let message = misfit.text(&place).as_str().to_owned();
        let culprit = misfit.culprit().or_else(|| open_argument(node.spec(), misfit));
        let argument = culprit.and_then(|name| places.iter().find(|(place, _)| *place == name));
        let about_count = matches!(
            misfit,
            Misfit::OneInput { .. } | Misfit::SeveralInputs { .. } | Misfit::TrunkAndHead { .. }
        );
        let at = match (argument, misfit.input(), sources) {
            (Some((_, at)), _, _) => at,
            // Of two inputs that differ, either may be the wrong one.
            (None, Some(index), Some(sources)) => match &sources.names[..] {
                [_, _] => &sources.at,
                names => names.get(index).map_or(&sources.at, |name| &name.at),
            },
            (None, None, Some(sources)) if about_count => &sources.at,
            _ => &node.at,
        };
        let at = at.clone();
        let mut chains: Vec<String> = node.inputs.iter().map(|input| self.graph.chain(*input)).collect();
        chains.dedup();
        let mut diagnostic = Diagnostic::new(at, message);
        for chain in chains {
            diagnostic = diagnostic.note(format!("shapes so far: {chain}"));
        }
        self.errors.push(diagnostic);
    }
}

/// The argument whose open size a rule would have to know.
fn open_argument(spec: Option<&LayerSpec>, misfit: &Misfit) -> Option<&'static str> {
    let Misfit::Open { symbol, .. } = misfit else { return None };
    let fields = spec?.fields();
    let found = fields.iter().find(|(_, field)| field.sizes().contains(&Dim::Open(*symbol)));
    found.map(|(name, _)| *name)
}

/// Whether a size among the arguments is open.
fn has_open_size(spec: &LayerSpec) -> bool {
    spec.fields().iter().any(|(_, field)| field.sizes().iter().any(|size| size.value().is_none()))
}

/// The output of a layer after a misfit, as far as it depends neither on the argument at fault nor on sizes that came in.
fn blurred(spec: LayerSpec, misfit: &Misfit, inputs: &[Shape]) -> Option<Shape> {
    let spec = misfit.culprit().map_or(spec, |argument| spec.without(argument));
    match spec.output(&inputs.iter().map(|shape| shape.blur()).collect::<Vec<_>>()) {
        Ok(output) | Err(Misfit::Open { sketch: output, .. }) => Some(unknown(output)),
        Err(_) => None,
    }
}

/// A sketch whose computed sizes are unknown for good.
fn unknown(sketch: Shape) -> Shape {
    (0..sketch.rank()).fold(sketch, |shape, axis| match shape.dim(axis) {
        Dim::Open(Symbol::COMPUTED) => shape.with(axis, Dim::UNKNOWN),
        _ => shape,
    })
}
