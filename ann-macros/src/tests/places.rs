//! Where mistakes point. A fixture is a network; below a line with mistakes, comments point at them: `// ^^^ the message`.

use proc_macro2::TokenStream;

use crate::{ast, errors::Bag, lower};

/// A mistake: line from 1, first column and the one after the last from 0, the first line of its message.
type Found = (usize, usize, usize, String);

fn found(text: &str) -> Vec<Found> {
    let tokens: TokenStream = text.parse().unwrap();
    let parsed: ast::Networks = syn::parse2(tokens).unwrap();
    let mut errors = parsed.errors;
    for network in &parsed.networks {
        let mut bag = Bag::default();
        errors.extend(network.errors.iter().cloned());
        if let ast::Body::Layers { input, arrow, output, items } = &network.body {
            lower::lower(&network.name, &network.generics, (input, arrow, output), items, &mut bag);
        }
        errors.extend(bag.into_errors());
    }
    let mut found: Vec<Found> = errors
        .iter()
        .flat_map(syn::Error::clone)
        .map(|error| {
            let span = error.span();
            let message = error.to_string().lines().next().unwrap_or_default().to_owned();
            (span.start().line, span.start().column, span.end().column, message)
        })
        .collect();
    found.sort();
    found
}

/// The mistakes that the comments of a fixture announce.
fn announced(text: &str) -> Vec<Found> {
    let mut code = 0;
    let mut announced = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some((before, comment)) =
            line.split_once("//").filter(|(_, comment)| comment.trim_start().starts_with('^'))
        else {
            code = number + 1;
            continue;
        };
        let start = before.len() + 2 + comment.find('^').unwrap();
        let carets = comment.trim_start().chars().take_while(|c| *c == '^').count();
        let message = comment.trim_start().trim_start_matches('^').trim().to_owned();
        announced.push((code, start, start + carets, message));
    }
    announced.sort();
    announced
}

fn check(text: &str) {
    assert_eq!(found(text), announced(text), "{text}");
}

#[test]
fn a_network_without_mistakes_has_none() {
    check(
        "
struct Net: [1, 28, 28] -> [10] {
    conv1: Conv2d(20, kernel = 5, init = He), MaxPool2d(2),
    body: Dense(500), Relu, Dense(10, bias_init = 0.1),
}
",
    );
}

#[test]
fn a_size_at_fault_is_the_place() {
    check(
        "
struct Net: [1, 4, 4] -> [9] {
    conv1: Conv2d(9, kernel = 5),
               //             ^ `conv1` has no room for its kernel: the input is [1, 4, 4] and the kernel is 5x5
    Dense(9),
}
",
    );
}

#[test]
fn several_mistakes_are_reported_together() {
    check(
        "
struct Net: [1, 28, 28] -> [10] {
    Conv2D(20),
 // ^^^^^^ `Conv2D` is no layer here; did you mean `Conv2d`?
    drop: Dropout(1.5),
            //    ^^^ `p` of `drop` is 1.5; a probability is at least 0 and less than 1
    fc: Dense(0),
      //      ^ `n` of `fc` is 0; it is at least 1
    Dense(12, kernal = 2),
           // ^^^^^^ `Dense` has no argument `kernal`; it takes n, bias, init, bias_init, l1, l2, max_norm, regularizer, tied
}
struct Next: [8] -> [4] {
    Dense(4), Relu(3),
            //     ^ `Relu` takes no arguments
}
",
    );
}

#[test]
fn a_slip_in_one_item_does_not_hide_the_next() {
    check(
        "
struct Net: [8] -> [8] {
    Dense(8) Relu,
          // ^^^^ expected `,` behind a layer; `->` declares its shape, `<-` says where it takes from, `* 3` repeats it
    = 3,
 // ^ expected a layer: `Dense(10)`, `label: Relu`
    fc: Dense(-1),
      //      ^^ `n` of `fc` is -1; a size cannot be negative
}
",
    );
}

#[test]
fn arrows_and_generics_are_told_apart() {
    check(
        "
struct Net<const H: usize>: [8] -> [8] {
    a: Own<3, H> -> [8],
    b: Add <- (a, input), c: Relu<-b,
    Own<4>(1, x = 2) -> [8] <- c,
    Dense(H), Dense(8),
}
",
    );
}

#[test]
fn const_generics_are_copied_not_computed_with() {
    check(
        "
struct Net<const H: usize>: [8] -> [8] {
    Dense(H + 1),
       // ^^^^^ `H` is a const generic; `H + 1` computes with it. Write an integer, a `const`, or `H` alone
    Dense(8),
}
",
    );
}

#[test]
fn a_slip_between_delimiters_stays_there() {
    check(
        "
struct Net: [8] -> [4] {
    Dense(3 +),
       //    ^ unexpected end of input, expected an expression
    fc: Dense(-1),
      //      ^^ `n` of `fc` is -1; a size cannot be negative
    Own(vec![1, , 2], (4 4)) -> [8],
               //        ^ expected `,`
}
struct Shape: [1, , 2] -> [8] { Dense(8) }
               // ^ expected an expression
struct Next: [8] -> [4] {
    Dense(4), Relu(3),
            //     ^ `Relu` takes no arguments
}
",
    );
}

#[test]
fn nothing_is_said_of_what_follows_from_a_slip() {
    check(
        "
struct Only: [8] -> [4] {
    Dense(4) 5,
          // ^ expected `,` behind a layer; `->` declares its shape, `<-` says where it takes from, `* 3` repeats it
}
struct Net: [8] -> [4] {
    a: Dense(8),
    b: Dense(,),
          // ^ expected an expression
    Add <- (a, b),
    Dense(4, tied = b),
}
",
    );
}

#[test]
fn keywords_are_no_names_unless_raw() {
    check(
        "
struct Net: [8] -> [8] {
    type: Dense(8),
 // ^^^^ expected identifier, found keyword `type`
    r#fn: Dense(8), Relu <- r#fn,
    Own(match = 3) -> [8], Own(r#match = 3) -> [8],
     // ^^^^^ expected identifier, found keyword `match`
}
",
    );
}

#[test]
fn arguments_of_own_layers_keep_the_order_of_all() {
    check(
        "
struct Net: [8] -> [8] {
    Own(a = 1, 2) -> [8],
         //    ^ a positional value may not follow a named one in `Own`
    own::Layer(1, a = 1, b = 2, a = 3) -> [8],
                  //            ^ `a` is given twice to `own::Layer`
}
",
    );
}

#[test]
fn numbers_of_another_type_are_no_sizes() {
    check(
        "
struct Net: [8usize] -> [8u32] {
                      // ^^^^ a size of the output is 8u32; a size has no suffix
    Dense(5f32), Dropout(0.5f64), Dropout(0.5f32), Own(4u8) -> [8],
       // ^^^^ `n` of `Dense` is 5f32; a size has no suffix
                                   //     ^^^^^^ `p` of `Dropout` is 0.5f32; a number has no suffix here
}
",
    );
}

#[test]
fn repetitions_point_at_their_number() {
    check(
        "
struct Net: [8] -> [8] {
    a: Dense(8) * 0,
              //  ^ the number of repetitions is 0; it is at least 1
    Block * -1 -> [8],
         // ^^ the number of repetitions is -1; it cannot be negative
    Dense(8) * 2.5 <- a,
           //  ^^^ the number of repetitions is 2.5; it is a whole number
    Dense(8) * N,
           //  ^ the number of repetitions is an integer written out: each repetition is a layer of its own, made before constants are known
    Dense(8) * true,
           //  ^^^^ the number of repetitions is a whole number, not `true`
    Dense(8) *,
           // ^ expected the number of repetitions behind `*`: `Block * 3`
    Dense(8) * 2 * 3,
             //  ^ expected `,` behind a layer; `->` declares its shape, `<-` says where it takes from, `* 3` repeats it
}
",
    );
}

#[test]
fn what_is_repeated_and_does_not_fit_points_at_the_shape() {
    check(
        "
struct Net: [8] -> [8] {
    Block -> [9] * 2,
          // ^^^ `Block` takes [8] and gives [9], which repetition 2 cannot take; what is repeated gives what it takes
    c: Dense(8) * 2, c_1: Dense(8),
 // ^ repetition 1 of `c` is called `c_1`, which is the label of another layer
}
",
    );
}

#[test]
fn heads_are_compared_with_the_output() {
    check(
        "
struct Net: [8] -> [8] {
    body: Dense(8), side: Dense(9),
    Auxiliary(0.3) <- (body, side),
                       //    ^^^^ the head of `Auxiliary` is to have the shape of the network's output, [8]; `side` is [9]
    two: Auxiliary(0.3),
      // ^^^^^^^^^ `two` takes two inputs, the trunk and the head, not 1; write `Auxiliary(..) <- (trunk, head)`
    Auxiliary(0.0) <- (two, body),
           // ^^^ `weight` of `Auxiliary` is 0.0; it is greater than 0
}
",
    );
}
