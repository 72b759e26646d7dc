//! Exchanging neighbours: rows of a table, each multiplied by a matrix, are rows of the table multiplied by it. Of a table with fewer rows
//! than are taken from it that is less work, forward and backward.

use std::sync::Arc;

use super::schedule::{Instruction, Values};
use crate::Extents;
use crate::op::Erased;
use crate::ops::{Embedding, Gru, Linear, Lstm, MatMul, Rnn};

/// Exchanges what can be; `uses` counts how often each value is used, by operations or from outside.
pub(super) fn exchange(
    instructions: Vec<Instruction>,
    uses: &[usize],
    values: &mut Values,
) -> Vec<Instruction> {
    let mut exchanged: Vec<Instruction> = Vec::with_capacity(instructions.len());
    for next in instructions {
        let pays = |before: &Instruction| {
            before.op.downcast_ref::<Embedding>().is_some()
                && next.inputs[0] == before.output
                && uses[before.output] == 1
                && values.extents(before.inputs[1])[0] < values.extents(before.inputs[0]).count()
        };
        let number = if multiplies(&next, values) { exchanged.iter().rposition(pays) } else { None };
        match number.map(|number| exchanged.remove(number)) {
            Some(embedding) if next.op.downcast_ref::<Linear>().is_some() => {
                exchanged.extend(dense(next, embedding, values));
            }
            Some(embedding) => exchanged.extend(recurrent(next, embedding, values)),
            None => exchanged.push(next),
        }
    }
    exchanged
}

/// Whether an operation multiplies the rows of its first input by a matrix, its second.
fn multiplies(instruction: &Instruction, values: &Values) -> bool {
    let op = &instruction.op;
    let is_recurrent = op.downcast_ref::<Rnn>().is_some()
        || op.downcast_ref::<Lstm>().is_some()
        || op.downcast_ref::<Gru>().is_some();
    op.downcast_ref::<Linear>().is_some() || is_recurrent && values.extents(instruction.inputs[1])[..] != [0]
}

/// The layer for each row of the table, then rows of what it gives.
fn dense(mut next: Instruction, embedding: Instruction, values: &mut Values) -> [Instruction; 2] {
    let [indices, table] = [embedding.inputs[0], embedding.inputs[1]];
    let extents = values.extents(table).with_last(next.extents.last());
    let product = values.add(extents);
    let rows = Instruction {
        inputs: vec![indices, product],
        output: next.output,
        extents: next.extents,
        ..embedding
    };
    next.inputs[0] = table;
    [Instruction { output: product, extents, ..next }, rows]
}

/// The product of each row of the table by the layer's matrix, rows of it, and the layer without that matrix.
fn recurrent(mut next: Instruction, embedding: Instruction, values: &mut Values) -> [Instruction; 3] {
    let [indices, table] = [embedding.inputs[0], embedding.inputs[1]];
    let gates = values.extents(next.inputs[1])[0];
    let extents = values.extents(table).with_last(gates);
    let product = Instruction {
        op: Arc::new(Erased::<_, 2>(MatMul { transposed: true, ..MatMul::default() })),
        inputs: vec![table, next.inputs[1]],
        output: values.add(extents),
        extents,
        scope: next.scope,
    };
    let extents = embedding.extents.with_last(gates);
    let rows = Instruction {
        inputs: vec![indices, product.output],
        output: values.add(extents),
        extents,
        ..embedding
    };
    next.inputs[0] = rows.output;
    next.inputs[1] = values.add(Extents::constant(&[0]));
    [product, rows, next]
}
