//! Tables with fields that are missing or no numbers.

use super::*;

/// What is said when a table of this text is read as regression.
fn said(text: &str) -> String {
    let folder = folder();
    let path = folder.path().join("rooms.csv");
    fs::write(&path, text).unwrap();
    let read = Csv::open(&path)
        .and_then(|table| table.examples::<Rank1<2>, Rank1<1>>(&["width", "height"], &["price"]));
    refusal(folder.path(), read)
}

#[test]
fn a_missing_field_is_named_by_line_and_column() {
    assert_eq!(
        said("width,height,price\n1,2,3\n4,,6\n"),
        "rooms.csv, line 3, column `height`: expected a number, found an empty field"
    );
}

#[test]
fn a_line_that_is_too_short_or_too_long_is_named() {
    assert_eq!(
        said("width,height,price\n1,2,3\n4,5\n"),
        "rooms.csv, line 3, column `price`: expected 3 fields, as the header has, found 2"
    );
    assert_eq!(
        said("width,height,price\n1,2,3,4\n4,5,6\n"),
        "rooms.csv, line 2: expected 3 fields, as the header has, found 4"
    );
}

#[test]
fn a_field_that_is_no_number_is_shown() {
    assert_eq!(
        said("width,height,price\n1,wide,3\n"),
        "rooms.csv, line 2, column `height`: expected a finite number, found `wide`"
    );
}

#[test]
fn infinite_numbers_and_nan_are_refused() {
    for field in ["inf", "-inf", "NaN", "1e999"] {
        assert_eq!(
            said(&format!("width,height,price\n1,2,{field}\n")),
            format!("rooms.csv, line 2, column `price`: expected a finite number, found `{field}`")
        );
    }
}

#[test]
fn an_unknown_column_names_the_known_ones_and_the_nearest() {
    assert_eq!(
        said("width,heigth,price\n1,2,3\n"),
        "rooms.csv has no column `height`; it has width, heigth, price; did you mean `heigth`?"
    );
}

#[test]
fn a_table_without_lines_or_without_a_header_is_refused() {
    assert_eq!(said(""), "rooms.csv holds no examples; at least one is needed");
    assert_eq!(said("width,height,price\n"), "rooms.csv holds no examples; at least one is needed");
    assert_eq!(
        said("1,2,3\n4,5,6\n"),
        "rooms.csv, line 1: expected the names of the columns, found numbers only: 1, 2, 3"
    );
}

#[test]
fn a_class_that_is_none_is_named_by_line_and_column() {
    let folder = folder();
    let path = folder.path().join("iris.csv");
    fs::write(&path, "length,width,kind\n5.1,3.5,0\n6.3,2.9,3\n").unwrap();
    let read = Csv::open(&path).unwrap().classes::<Rank1<2>, 3>(&["length", "width"], "kind");
    assert_eq!(
        refusal(folder.path(), read),
        "iris.csv, line 3, column `kind`: label 3 is not one of the 3 classes (0 to 2)"
    );
    fs::write(&path, "length,width,kind\n5.1,3.5,setosa\n6.3,2.9,verginica\n").unwrap();
    let names = ["setosa", "virginica"];
    let read = Csv::open(&path).unwrap().named_classes::<Rank1<2>, 2>(&["length", "width"], "kind", &names);
    assert_eq!(
        refusal(folder.path(), read),
        "iris.csv, line 3, column `kind`: expected one of setosa, virginica, found `verginica`; did you mean `virginica`?"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = folder();
    let message = refusal(folder.path(), Csv::open(folder.path().join("rooms.csv")));
    assert!(message.starts_with("cannot read rooms.csv: No such file"), "{message}");
}
