//! Parameters asked for by a wrong name or given in a wrong number.

use super::*;

#[test]
fn an_unknown_name_is_answered_by_the_nearest_and_all_that_there_are() {
    let expected = "Two has no parameter `hidden.wieght`; it has hidden.weight, hidden.bias, out.weight, out.bias; \
                    did you mean `hidden.weight`?";
    let mut net = Two::new(1);
    let before = bits(&net).unwrap();
    assert_eq!(net.parameter("hidden.wieght").unwrap_err().to_string(), expected);
    assert_eq!(net.set_parameter("hidden.wieght", &[0.0; 8]).unwrap_err().to_string(), expected);
    assert_eq!(
        net.parameter("x").unwrap_err().to_string(),
        "Two has no parameter `x`; it has hidden.weight, hidden.bias, out.weight, out.bias"
    );
    assert!(bits(&net).unwrap() == before);
}

#[test]
fn another_number_of_values_is_refused() {
    let mut net = Two::new(1);
    let before = bits(&net).unwrap();
    let error = net.set_parameter("hidden.weight", &[0.0; 7]).unwrap_err();
    assert_eq!(error.to_string(), "hidden.weight of Two: expected 8 values, for [4, 2], found 7");
    assert!(bits(&net).unwrap() == before);
}

#[test]
fn errors_can_be_matched_as_well_as_read() {
    assert!(
        matches!(Two::new(1).parameter("hiden.bias"), Err(Error::Parameter { near: Some(near), .. }) if near == "hidden.bias")
    );
}
