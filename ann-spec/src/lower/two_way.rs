//! What the machines of a two-way network are held to: one above the other, units that go together, settings with an effect.

use super::Lowering;
use crate::args::Arguments;
use crate::graph::Input;
use crate::layers::{Rbm, Units};
use crate::written::{Arrow, Sources};
use crate::{LayerSpec, Source};

impl<S: Source> Lowering<S> {
    /// Checks a machine of a two-way network; other networks have none.
    pub(super) fn check_machine(
        &mut self,
        number: usize,
        arguments: &Arguments<S>,
        sources: Option<&Sources<S>>,
    ) {
        if self.graph.arrow == Arrow::Forward {
            return;
        }
        if let Some(sources) = sources {
            let message =
                "`<-` has no place in a two-way network (`<->`): each machine stands on the one before";
            self.error(sources.at.clone(), message);
        }
        let Some(machine) = self.machine(number) else { return };
        let node = &self.graph.nodes[number];
        let who = if node.label().is_empty() { node.kind.clone() } else { node.label().to_owned() };
        let node_at = node.at.clone();
        let place =
            |name: &str| arguments.places.iter().find(|(other, _)| *other == name).map(|(_, at)| at.clone());
        let below = node.inputs.first().and_then(|input| match input {
            Input::Node(below) => Some((*below, self.machine(*below)?)),
            Input::Network => None,
        });
        if let Some((below, Rbm { hidden: Units::Gaussian, .. })) = below
            && machine.visible == Units::Bernoulli
        {
            let below = &self.graph.nodes[below].name;
            let message = format!(
                "`{who}` has visible units of 0 and 1, but takes the Gaussian hidden units of `{below}`; \
                 write `visible = Gaussian`"
            );
            self.error(place("visible").unwrap_or(node_at), message);
        }
        match (place("sparsity"), place("sparsity_cost")) {
            (Some(at), _) if machine.hidden == Units::Gaussian => {
                let message = format!(
                    "`sparsity` of `{who}` is a probability that hidden units are 1; Gaussian ones have none"
                );
                self.error(at, message);
            }
            (None, Some(at)) => {
                self.error(at, format!("`{who}` has no `sparsity` for `sparsity_cost` to be the cost of"));
            }
            _ => {}
        }
    }

    /// The machine with that number, if it could be read.
    fn machine(&self, number: usize) -> Option<Rbm> {
        match self.graph.nodes.get(number)?.spec()? {
            LayerSpec::Rbm(machine) => Some(*machine),
            _ => None,
        }
    }
}
