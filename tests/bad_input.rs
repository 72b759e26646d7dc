//! Bad input is an error that says file, place and what was expected, and loses nothing that was there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the functions of the tests fail as the tests do"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ann::Error;
use ann::autodiff::Dtype;
use ann::data::{Csv, Idx, Mnist};
use ann::prelude::*;
use ann::save::{read_tensors, write_tensors};
use ann_tests::bits;
use tempfile::TempDir;

network! {
    struct Two: [2] -> [3] { hidden: Dense(4), Relu, out: Dense(3) }
    struct Curve: [2] -> [1] { hidden: Dense(4), Tanh, out: Dense(1) }
}

/// What a refusal says, a folder's path taken out of it.
fn refusal<T>(folder: &Path, result: Result<T>) -> String {
    let error = result.err().expect("this should have been refused");
    error.to_string().replace(&format!("{}/", folder.display()), "")
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// All files of a folder with their contents.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

mod idx {
    use super::*;

    /// Unsigned bytes of these sizes, as the format has them.
    fn bytes(dims: &[u32], numbers: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, dims.len() as u8];
        bytes.extend(dims.iter().flat_map(|size| size.to_be_bytes()));
        bytes.extend(numbers);
        bytes
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |sum, byte| {
            (0..8).fold(
                sum ^ u32::from(*byte),
                |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 },
            )
        })
    }

    /// A gzip file of one block that is stored as it is.
    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
        let length = u16::try_from(bytes.len()).unwrap();
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(bytes);
        packed.extend(crc32(bytes).to_le_bytes());
        packed.extend(u32::from(length).to_le_bytes());
        packed
    }

    fn images(count: u32) -> Vec<u8> {
        bytes(&[count, 28, 28], &vec![51; count as usize * 784])
    }

    /// A training set in files of these bytes.
    fn set(ending: &str, images: &[u8], labels: &[u8]) -> TempDir {
        let folder = folder();
        fs::write(folder.path().join(format!("train-images-idx3-ubyte{ending}")), images).unwrap();
        fs::write(folder.path().join(format!("train-labels-idx1-ubyte{ending}")), labels).unwrap();
        folder
    }

    /// What is said of it, the same of plain files and of packed ones but for their names.
    fn said(images: &[u8], labels: &[u8]) -> String {
        let plain = set("", images, labels);
        let packed = set(".gz", &pack(images), &pack(labels));
        let message = refusal(plain.path(), Mnist::train(plain.path()));
        assert_eq!(refusal(packed.path(), Mnist::train(packed.path())).replace(".gz", ""), message);
        message
    }

    #[test]
    fn a_good_set_is_read_plain_and_packed() {
        let labels = bytes(&[2], &[3, 9]);
        assert_eq!(Mnist::train(set("", &images(2), &labels).path()).unwrap().labels(), [3, 9]);
        assert_eq!(
            Mnist::train(set(".gz", &pack(&images(2)), &pack(&labels)).path()).unwrap().labels(),
            [3, 9]
        );
    }

    #[test]
    fn a_truncated_file_is_named_with_the_byte() {
        let (images, labels) = (images(2), bytes(&[2], &[3, 9]));
        assert_eq!(
            said(&images[..images.len() - 5], &labels),
            "train-images-idx3-ubyte, byte 1579: the numbers: expected 1568 bytes, for [2, 28, 28], found the end, after 1563"
        );
        assert_eq!(
            said(&images[..10], &labels),
            "train-images-idx3-ubyte, byte 8: the sizes: expected 4 bytes, found the end, after 2"
        );
        assert_eq!(
            said(&images, &labels[..9]),
            "train-labels-idx1-ubyte, byte 9: the numbers: expected 2 bytes, for [2], found the end, after 1"
        );
        assert_eq!(
            said(&[], &labels),
            "train-images-idx3-ubyte, byte 0: the magic number: expected 4 bytes, found the end, after 0"
        );
    }

    #[test]
    fn a_packed_file_that_is_cut_or_damaged_is_named() {
        let (images, labels) = (pack(&images(2)), pack(&bytes(&[2], &[3, 9])));
        let said = |images: &[u8]| {
            let folder = set(".gz", images, &labels);
            refusal(folder.path(), Mnist::train(folder.path()))
        };
        // 16 bytes of header and 84 numbers remain.
        assert_eq!(
            said(&images[..115]),
            "train-images-idx3-ubyte.gz, byte 100: the numbers: expected 1568 bytes, for [2, 28, 28], found the end, after 84"
        );
        // All the numbers are there, the check sum is not.
        assert_eq!(
            said(&images[..images.len() - 8]),
            "train-images-idx3-ubyte.gz, byte 1584: the end: expected the packed file's check sum, found the end of the file"
        );
        let mut damaged = images.clone();
        damaged[700] ^= 1;
        let message = said(&damaged);
        assert!(
            message.starts_with("train-images-idx3-ubyte.gz is no gzip file, or a damaged one: "),
            "{message}"
        );
    }

    #[test]
    fn a_file_that_is_too_long_is_named_with_the_byte() {
        let (images, labels) = (images(2), bytes(&[2], &[3, 9]));
        assert_eq!(
            said(&[&images[..], &[7]].concat(), &labels),
            "train-images-idx3-ubyte, byte 1584: the end: expected 1568 bytes, for [2, 28, 28], found more bytes"
        );
        assert_eq!(
            said(&images, &[&labels[..], &[7]].concat()),
            "train-labels-idx1-ubyte, byte 10: the end: expected 2 bytes, for [2], found more bytes"
        );
    }

    #[test]
    fn a_header_that_promises_too_much_takes_no_memory() {
        let labels = bytes(&[2], &[3, 9]);
        assert_eq!(
            said(&bytes(&[u32::MAX, 28, 28], &[1, 2, 3]), &labels),
            "train-images-idx3-ubyte, byte 19: the numbers: expected 3367254359280 bytes, for [4294967295, 28, 28], \
             found the end, after 3"
        );
        assert_eq!(
            said(&bytes(&[u32::MAX; 4], &[1]), &labels),
            "train-images-idx3-ubyte, byte 4: the sizes: expected a product that fits into memory, \
             found [4294967295, 4294967295, 4294967295, 4294967295]"
        );
    }

    #[test]
    fn a_wrong_magic_number_is_shown() {
        let labels = bytes(&[2], &[3, 9]);
        assert_eq!(
            said(b"PK\x03\x04 an archive", &labels),
            "train-images-idx3-ubyte, byte 0: the magic number: expected two zero bytes at the beginning of an IDX file, \
             found 0x50 0x4b"
        );
        let mut wrong = images(2);
        wrong[2] = 10;
        assert_eq!(
            said(&wrong, &labels),
            "train-images-idx3-ubyte, byte 2: the type of the numbers: expected 8 (u8), 9 (i8), 11 (i16), 12 (i32), 13 (f32) \
             or 14 (f64), found 10"
        );
    }

    #[test]
    fn images_and_labels_of_different_counts_are_refused() {
        assert_eq!(
            said(&images(2), &bytes(&[3], &[3, 9, 1])),
            "train-labels-idx1-ubyte: expected [2], a label for each image of train-images-idx3-ubyte, found [3]"
        );
    }

    #[test]
    fn the_files_exchanged_are_noticed() {
        assert_eq!(
            said(&bytes(&[2], &[3, 9]), &images(2)),
            "train-images-idx3-ubyte: expected images of 28x28: [count, 28, 28], found [2]"
        );
    }

    #[test]
    fn a_label_out_of_range_is_named_by_file_and_place() {
        assert_eq!(
            said(&images(3), &bytes(&[3], &[3, 10, 1])),
            "train-labels-idx1-ubyte, label 1: label 10 is not one of the 10 classes (0 to 9)"
        );
    }

    #[test]
    fn an_empty_set_is_refused() {
        assert_eq!(
            said(&images(0), &bytes(&[0], &[])),
            "train-images-idx3-ubyte holds no examples; at least one is needed"
        );
    }

    #[test]
    fn a_folder_without_the_files_says_what_was_looked_for() {
        let folder = folder();
        assert_eq!(
            refusal(folder.path(), Mnist::test(folder.path())),
            "cannot read t10k-images-idx3-ubyte: neither this file nor the same with `.gz` behind is there"
        );
    }

    #[test]
    fn a_number_that_is_not_finite_in_a_file_is_named() {
        let folder = folder();
        let path = folder.path().join("some");
        let numbers = [1.0_f32, 2.0, 3.0, f32::NAN];
        let mut file = vec![0, 0, 13, 2, 0, 0, 0, 2, 0, 0, 0, 2];
        file.extend(numbers.iter().flat_map(|x| x.to_be_bytes()));
        fs::write(&path, file).unwrap();
        let read = Idx::open(&path).unwrap().examples::<Rank1<2>, f32>(1.0);
        assert_eq!(refusal(folder.path(), read), "example 1, column 1 is NaN; data must be finite numbers");
    }
}

mod csv {
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
        let read =
            Csv::open(&path).unwrap().named_classes::<Rank1<2>, 2>(&["length", "width"], "kind", &names);
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
}

mod data {
    use super::*;
    use ann::Scalar;

    /// A user's own data: good but for the numbers that are put in their places.
    #[derive(Clone, Default)]
    struct Own {
        len: usize,
        /// Example, column, number.
        input: Option<(usize, usize, f64)>,
        /// Example, number.
        target: Option<(usize, f64)>,
    }

    impl Own {
        fn fill<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) {
            for (column, place) in input.iter_mut().enumerate() {
                *place = T::from_f64((3 * index + column) as f64 / 20.0);
            }
            target[0] = T::from_f64((index % 3) as f64);
            if let Some((_, column, number)) = self.input.filter(|(example, ..)| *example == index) {
                input[column] = T::from_f64(number);
            }
            if let Some((_, number)) = self.target.filter(|(example, _)| *example == index) {
                target[0] = T::from_f64(number);
            }
        }
    }

    /// The same with classes or values for targets.
    macro_rules! own {
        ($name:ident, $target:ty, $dims:expr) => {
            #[derive(Clone, Default)]
            struct $name(Own);

            impl Dataset for $name {
                type Input = Rank1<2>;
                type Target = $target;

                fn len(&self) -> usize {
                    self.0.len
                }
                fn input_dims(&self) -> Vec<usize> {
                    vec![2]
                }
                fn target_dims(&self) -> Vec<usize> {
                    $dims
                }
                fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<()> {
                    self.0.fill(index, input, target);
                    Ok(())
                }
            }
        };
    }
    own!(Classes, Class<3>, vec![]);
    own!(Numbers, Values<Rank1<1>>, vec![1]);

    fn classes(len: usize) -> Classes {
        Classes(Own { len, ..Own::default() })
    }

    fn trainer() -> Trainer<CrossEntropy> {
        Trainer::new(CrossEntropy::new(), Adam::new(0.01)).epochs(3).batch(4).quiet()
    }

    /// What is said when a network is trained in either precision; it has to stay as it was.
    fn said<D: Dataset<Input = Rank1<2>, Target = Class<3>>>(
        trainer: impl Fn() -> Trainer<CrossEntropy>,
        data: &D,
    ) -> String {
        let [narrow, wide] = [Dtype::F32, Dtype::F64].map(|precision| {
            let mut net = Two::builder().seed(1).precision(precision).build();
            let before = bits(&net).unwrap();
            let error = trainer().fit(&mut net, data).unwrap_err();
            assert!(bits(&net).unwrap() == before, "the network was changed");
            error.to_string()
        });
        assert_eq!(narrow, wide);
        narrow
    }

    #[test]
    fn good_data_of_ones_own_are_trained_on() {
        let mut net = Two::new(1);
        trainer().fit(&mut net, &classes(10)).unwrap();
        assert!(bits(&net).unwrap() != bits(&Two::new(1)).unwrap());
    }

    #[test]
    fn labels_out_of_range_in_memory_are_named_by_their_example() {
        let x = Examples::<Rank1<2>>::from_vec(vec![0.5; 6]).unwrap();
        let made = InMemory::<_, Class<3>>::classes(x, &[0, 3, 1]);
        assert_eq!(refusal(Path::new("-"), made), "example 1: label 3 is not one of the 3 classes (0 to 2)");
    }

    #[test]
    fn a_label_out_of_range_from_a_dataset_of_ones_own_is_named_by_its_example() {
        for (number, shown) in [(3.0, "3"), (-1.0, "-1"), (0.5, "0.5"), (65536.0, "65536")] {
            let data = Classes(Own { len: 12, target: Some((9, number)), ..Own::default() });
            let expected = format!("example 9: label {shown} is not one of the 3 classes (0 to 2)");
            assert_eq!(said(trainer, &data), expected);
            // In the order of the examples it is met in the third step, after two updates.
            assert_eq!(said(|| trainer().in_order(), &data), expected);
        }
    }

    #[test]
    fn a_label_out_of_range_is_found_by_evaluation_and_by_validation() {
        let bad = Classes(Own { len: 12, target: Some((9, 7.0)), ..Own::default() });
        let expected = "example 9: label 7 is not one of the 3 classes (0 to 2)";
        let mut net = Two::new(1);
        assert_eq!(trainer().evaluate(&net, &bad).unwrap_err().to_string(), expected);
        let error = trainer().fit_validated(&mut net, &classes(12), &bad).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_label_out_of_range_is_found_where_the_number_of_classes_is_known_only_at_run_time() {
        let bad = Classes(Own { len: 12, target: Some((9, 7.0)), ..Own::default() }).untyped();
        let text = r#"{"name": "Two", "input": [2], "output": [3], "layers": [{"layer": "Dense", "n": 3}]}"#;
        let mut net = ann::DynNetwork::from_json(text).unwrap().build();
        let before = bits(&net).unwrap();
        let error = trainer().fit(&mut net, &bad).unwrap_err();
        assert_eq!(error.to_string(), "example 9: label 7 is not one of the 3 classes (0 to 2)");
        assert!(bits(&net).unwrap() == before);
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused_at_construction() {
        for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
            let x = vec![0.5, 0.5, 0.5, 0.5, 0.5, number];
            let expected = format!("example 2, column 1 is {shown}; data must be finite numbers");
            assert_eq!(refusal(Path::new("-"), Examples::<Rank1<2>, f64>::from_vec(x)), expected);
        }
    }

    #[test]
    fn numbers_that_are_not_finite_from_a_dataset_of_ones_own_are_named_by_example_and_column() {
        for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
            let data = Classes(Own { len: 12, input: Some((9, 1, number)), ..Own::default() });
            let expected =
                format!("the input of example 9, column 1 is {shown}; data must be finite numbers");
            assert_eq!(said(trainer, &data), expected);
            assert_eq!(said(|| trainer().in_order(), &data), expected);
            assert_eq!(trainer().evaluate(&Two::new(1), &data).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_target_that_is_not_finite_is_named_by_example_and_column() {
        for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
            let data = Numbers(Own { len: 12, target: Some((5, number)), ..Own::default() });
            let mut net = Curve::new(0);
            let before = bits(&net).unwrap();
            let error = Trainer::new(MeanSquaredError, Sgd::new(0.1)).batch(3).quiet().fit(&mut net, &data);
            let expected =
                format!("the target of example 5, column 0 is {shown}; data must be finite numbers");
            assert_eq!(error.unwrap_err().to_string(), expected);
            assert!(bits(&net).unwrap() == before);
        }
    }

    #[test]
    fn numbers_beyond_32_bits_are_refused_by_a_network_of_32_bits_alone() {
        let data = Classes(Own { len: 12, input: Some((9, 1, 1e300)), ..Own::default() });
        let error = trainer().fit(&mut Two::new(1), &data).unwrap_err();
        assert_eq!(error.to_string(), "the input of example 9, column 1 is inf; data must be finite numbers");
    }

    #[test]
    fn an_empty_dataset_is_refused() {
        assert_eq!(
            said(trainer, &classes(0)),
            "the data to train on holds no examples; at least one is needed"
        );
        let error = trainer().evaluate(&Two::new(1), &classes(0)).unwrap_err();
        assert_eq!(error.to_string(), "the data to evaluate on holds no examples; at least one is needed");
        let none = Examples::<Rank1<2>>::from_vec(Vec::new()).unwrap();
        let made = InMemory::<_, Class<3>>::classes(none, &[]);
        assert_eq!(refusal(Path::new("-"), made), "the dataset holds no examples; at least one is needed");
    }

    #[test]
    fn a_batch_larger_than_the_data_is_refused() {
        assert_eq!(
            said(|| trainer().batch(11), &classes(10)),
            "a batch of 11 is larger than the data, 10 examples; use a batch of at most 10"
        );
    }

    #[test]
    fn a_batch_of_none_is_refused() {
        assert_eq!(
            said(|| trainer().batch(0), &classes(10)),
            "the trainer: batch = 0 is refused: it must be at least 1"
        );
    }

    #[test]
    fn a_learning_rate_that_is_none_is_refused() {
        for (rate, shown) in [(-0.1, "-0.1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
            let message = said(|| Trainer::new(CrossEntropy::new(), Sgd::new(rate)).batch(4), &classes(10));
            assert!(message.starts_with(&format!("Sgd: learning_rate = {shown} is refused: ")), "{message}");
        }
    }

    #[test]
    fn counts_that_do_not_agree_are_refused() {
        let x = Examples::<Rank1<2>>::from_vec(vec![0.5; 6]).unwrap();
        let made = InMemory::<_, Class<3>>::classes(x, &[0, 1]);
        assert_eq!(
            refusal(Path::new("-"), made),
            "the targets of a dataset: expected 3, one for each input, found 2"
        );
        let made = Examples::<Rank1<2>>::from_vec(vec![0.5; 5]);
        assert_eq!(
            refusal(Path::new("-"), made),
            "examples of [2]: expected a multiple of 2 numbers, found 5"
        );
    }

    mod resumed {
        use super::*;

        fn run(folder: &Path) -> Trainer<CrossEntropy> {
            trainer().checkpoint(folder.join("two.safetensors")).resume()
        }

        /// A folder with the checkpoint of a run of three epochs.
        fn checkpoint() -> TempDir {
            let folder = folder();
            run(folder.path()).fit(&mut Two::new(1), &classes(10)).unwrap();
            folder
        }

        /// What is said when the run is to go on; network and files have to stay as they were.
        fn said(folder: &Path, trainer: Trainer<CrossEntropy>, len: usize) -> String {
            let mut trainer = trainer;
            let (mut net, files) = (Two::new(2), contents(folder));
            let before = bits(&net).unwrap();
            let message = refusal(folder, trainer.fit(&mut net, &classes(len)));
            assert!(bits(&net).unwrap() == before, "the network was changed");
            assert!(contents(folder) == files, "a file was changed");
            message
        }

        #[test]
        fn another_setting_is_named_with_both_values() {
            let folder = checkpoint();
            assert_eq!(
                said(folder.path(), run(folder.path()).batch(5), 10),
                "batch in two.safetensors.state is 4; this run's is 5"
            );
        }

        #[test]
        fn all_other_settings_are_listed_together() {
            let folder = checkpoint();
            let message = said(
                folder.path(),
                run(folder.path()).batch(5).seed(8).in_order().metric(Accuracy::new()),
                11,
            );
            assert_eq!(
                message.lines().collect::<Vec<_>>(),
                [
                    "metrics in two.safetensors.state is none; this run's is accuracy",
                    "seed in two.safetensors.state is 0; this run's is 8",
                    "batch in two.safetensors.state is 4; this run's is 5",
                    "shuffles in two.safetensors.state is true; this run's is false",
                    "examples in two.safetensors.state is 10; this run's is 11",
                    "metric accuracy in two.safetensors.state is not set; this run's is Accuracy { right: 0.0, all: 0.0 }",
                ]
            );
        }

        #[test]
        fn another_optimizer_is_named_with_its_vectors() {
            let folder = checkpoint();
            let other =
                Trainer::new(CrossEntropy::new(), Sgd::new(0.1).momentum(0.9)).epochs(3).batch(4).quiet();
            let message =
                said(folder.path(), other.checkpoint(folder.path().join("two.safetensors")).resume(), 10);
            assert!(message.starts_with("optimizer in two.safetensors.state is "), "{message}");
            assert!(message.contains("; this run's is "), "{message}");
        }

        #[test]
        fn another_network_lists_all_tensors() {
            let folder = checkpoint();
            network! { struct Other: [2] -> [3] { hidden: Dense(5), Relu, last: Dense(3) } }
            let (mut net, files) = (Other::new(2), contents(folder.path()));
            let before = bits(&net).unwrap();
            let message = refusal(folder.path(), run(folder.path()).fit(&mut net, &classes(10)));
            assert!(bits(&net).unwrap() == before && contents(folder.path()) == files);
            let lines: Vec<_> = message.lines().collect();
            assert_eq!(lines[0], "network in two.safetensors.state is Two; this run's is Other");
            let shape = "hidden.weight in two.safetensors.state is [4, 2]; this network's is [5, 2]";
            assert!(lines.contains(&shape), "{message}");
            assert!(lines.iter().any(|line| line.starts_with("last.weight is missing from ")), "{message}");
        }

        #[test]
        fn other_layers_with_the_same_weights_are_refused() {
            let folder = folder();
            let run = |trainer: Trainer<CrossEntropy>| trainer.checkpoint(folder.path().join("net")).resume();
            network! { struct Net: [2] -> [3] { fc: Dense(4, l2 = 0.1), Relu, drop: Dropout(0.1), norm: BatchNorm, last: Dense(3) } }
            run(trainer()).fit(&mut Net::new(1), &classes(10)).unwrap();
            let changed = |fit: &dyn Fn(&mut Trainer<CrossEntropy>) -> Result<ann::train::History>| {
                refusal(folder.path(), fit(&mut run(trainer())))
                    .lines()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            let found = changed(&|run| {
                network! {
                    struct Net: [2] -> [3] { fc: Dense(4, l2 = 0.2), Tanh, drop: Dropout(0.2), norm: BatchNorm(momentum = 0.2), last: Dense(3) }
                }
                run.fit(&mut Net::new(1), &classes(10))
            });
            assert_eq!(
                found,
                [
                    "layer drop in net.state is Dropout { p: 0.1, stream: 1 } of 1 before; this run's is Dropout { p: 0.2, stream: 1 } of 1 before",
                    "layer tanh1 in net.state is not set; this run's is Tanh of 1 before",
                    "what fc.weight is held to in net.state is l2 0.1; this run's is l2 0.2",
                    "what norm.running_mean is held to in net.state is rate 0.1; this run's is rate 0.2",
                    "what norm.running_var is held to in net.state is rate 0.1; this run's is rate 0.2",
                    "layer relu1 in net.state is Relu of 1 before; this run's is not set",
                ]
            );
        }

        #[test]
        fn another_course_of_the_run_is_refused() {
            let folder = checkpoint();
            let shorter = run(folder.path()).epochs(2);
            assert_eq!(
                said(folder.path(), shorter, 10),
                "the epochs of a run that is resumed: expected at least 3, found 2"
            );
            let mut net = Two::new(2);
            let message =
                refusal(folder.path(), run(folder.path()).fit_validated(&mut net, &classes(10), &classes(5)));
            assert_eq!(message, "validation examples in two.safetensors.state is none; this run's is 5");
        }

        #[test]
        fn another_precision_is_refused() {
            let folder = checkpoint();
            let mut net = Two::builder().precision(Dtype::F64).build();
            let message = refusal(folder.path(), run(folder.path()).fit(&mut net, &classes(10)));
            let first =
                "hidden.weight in two.safetensors.state is stored as F32; this network computes in F64";
            assert_eq!(message.lines().next(), Some(first));
        }

        #[test]
        fn a_truncated_state_is_named() {
            let folder = checkpoint();
            let state = folder.path().join("two.safetensors.state");
            let whole = fs::read(&state).unwrap();
            for length in [0, 7, 100, whole.len() / 2, whole.len() - 1] {
                fs::write(&state, &whole[..length]).unwrap();
                let message = said(folder.path(), run(folder.path()), 10);
                assert!(
                    message.starts_with("two.safetensors.state is no safetensors file, or a damaged one: "),
                    "{length}: {message}"
                );
            }
        }

        #[test]
        fn a_damaged_state_is_named() {
            let folder = checkpoint();
            let state = folder.path().join("two.safetensors.state");
            let whole = fs::read(&state).unwrap();
            // The header is JSON; a quotation mark less and it is none.
            let mut damaged = whole.clone();
            damaged[9] = b'#';
            fs::write(&state, damaged).unwrap();
            let message = said(folder.path(), run(folder.path()), 10);
            assert!(
                message.starts_with("two.safetensors.state is no safetensors file, or a damaged one: "),
                "{message}"
            );
            // Weights in its place are a safetensors file, but no state.
            fs::copy(folder.path().join("two.safetensors"), &state).unwrap();
            assert_eq!(
                said(folder.path(), run(folder.path()), 10),
                "two.safetensors.state is no training state file, or a damaged one: its header has no `ann.state`"
            );
        }

        #[test]
        fn weights_without_their_state_are_not_written_over() {
            let folder = checkpoint();
            fs::remove_file(folder.path().join("two.safetensors.state")).unwrap();
            assert_eq!(
                said(folder.path(), run(folder.path()), 10),
                "two.safetensors is there, but the state of its run, two.safetensors.state, is not: the run cannot go on; \
                 to begin anew, load the weights or move them away"
            );
        }

        #[test]
        fn a_checkpoint_in_no_folder_is_an_error() {
            let folder = folder();
            let trainer = trainer().checkpoint(folder.path().join("no/such/two.safetensors"));
            let mut trainer = trainer;
            let message = refusal(folder.path(), trainer.fit(&mut Two::new(1), &classes(10)));
            assert_eq!(message, "cannot write no/such/two.safetensors: there is no folder no/such");
        }

        #[test]
        fn resuming_without_a_path_is_refused() {
            assert_eq!(
                super::said(|| trainer().resume(), &classes(10)),
                "the trainer: checkpoint = none is refused: `resume` and `checkpoint_every` need a path: `.checkpoint(..)`"
            );
        }
    }
}

mod files {
    use super::*;

    const ENOUGH: [f32; 12] = [0.25; 12];

    /// A folder with the weights of `Two` of another seed.
    fn saved() -> (TempDir, PathBuf) {
        let folder = folder();
        let path = folder.path().join("two.safetensors");
        Two::new(7).save(&path).unwrap();
        (folder, path)
    }

    /// What is said when a file is loaded; network and files have to stay as they were.
    fn said(path: &Path) -> String {
        let folder = path.parent().unwrap();
        let [narrow, wide] = [Dtype::F32, Dtype::F64].map(|precision| {
            let mut net = Two::builder().seed(1).precision(precision).build();
            let (before, files) = (bits(&net).unwrap(), contents(folder));
            let message = refusal(folder, net.load(path));
            assert!(bits(&net).unwrap() == before, "the network was changed");
            assert!(contents(folder) == files, "a file was changed");
            message.replace("computes in F64", "computes in F32")
        });
        assert_eq!(narrow, wide);
        narrow
    }

    /// A file of tensors, `None` where it is left out; and what is said of it.
    fn tensors(tensors: &[(&str, &[usize])]) -> String {
        let (_folder, path) = saved();
        let tensors: Vec<_> =
            tensors.iter().map(|(name, dims)| (*name, *dims, &ENOUGH[..dims.iter().product()])).collect();
        write_tensors(&path, &tensors).unwrap();
        said(&path)
    }

    #[test]
    fn good_weights_are_loaded() {
        let (_folder, path) = saved();
        let mut net = Two::new(1);
        net.load(&path).unwrap();
        assert!(bits(&net).unwrap() == bits(&Two::new(7)).unwrap());
    }

    #[test]
    fn a_missing_tensor_is_named() {
        assert_eq!(
            tensors(&[("hidden.weight", &[4, 2]), ("hidden.bias", &[4]), ("out.weight", &[3, 4])]),
            "out.bias is missing from two.safetensors"
        );
    }

    #[test]
    fn a_renamed_tensor_is_named_with_the_name_it_seems_to_have() {
        assert_eq!(
            tensors(&[
                ("hidden.weight", &[4, 2]),
                ("hiden.bias", &[4]),
                ("out.weight", &[3, 4]),
                ("out.bias", &[3])
            ]),
            "hidden.bias is missing from two.safetensors; is it the file's hiden.bias under another name?"
        );
    }

    #[test]
    fn a_tensor_of_another_shape_is_named_with_both() {
        assert_eq!(
            tensors(&[
                ("hidden.weight", &[2, 4]),
                ("hidden.bias", &[4]),
                ("out.weight", &[3, 4]),
                ("out.bias", &[3])
            ]),
            "hidden.weight in two.safetensors is [2, 4]; this network's is [4, 2]"
        );
    }

    #[test]
    fn all_differences_are_listed_together() {
        assert_eq!(
            tensors(&[
                ("hidden.weight", &[2, 4]),
                ("hidden_bias", &[4]),
                ("out.weight", &[3, 4]),
                ("extra", &[1])
            ])
            .lines()
            .collect::<Vec<_>>(),
            [
                "hidden.weight in two.safetensors is [2, 4]; this network's is [4, 2]",
                "hidden.bias is missing from two.safetensors; is it the file's hidden_bias under another name?",
                "out.bias is missing from two.safetensors",
                "extra in two.safetensors is no tensor of this network",
            ]
        );
    }

    #[test]
    fn every_truncation_is_refused() {
        let (_folder, path) = saved();
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let message = said(&path);
            assert!(
                message.starts_with("two.safetensors is no safetensors file, or a damaged one: "),
                "{length}: {message}"
            );
        }
    }

    #[test]
    fn a_file_with_something_behind_is_refused() {
        let (_folder, path) = saved();
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        let message = said(&path);
        assert!(
            message.starts_with("two.safetensors is no safetensors file, or a damaged one: "),
            "{message}"
        );
    }

    #[test]
    fn a_file_that_is_none_of_the_format_is_refused() {
        let (_folder, path) = saved();
        for text in ["PK\x03\x04 an archive of something", "{\"weights\": [1, 2, 3]}"] {
            fs::write(&path, text).unwrap();
            let message = said(&path);
            assert!(
                message.starts_with("two.safetensors is no safetensors file, or a damaged one: "),
                "{message}"
            );
        }
    }

    /// A file by hand: one tensor after the other, of zeros.
    fn by_hand(path: &Path, tensors: &[(&str, &str, &str, usize)]) {
        let mut place = 0;
        let entries: Vec<String> = tensors
            .iter()
            .map(|(name, dtype, dims, bytes)| {
                let begin = place;
                place += bytes;
                format!(r#""{name}":{{"dtype":"{dtype}","shape":{dims},"data_offsets":[{begin},{place}]}}"#)
            })
            .collect();
        let header = format!("{{{}}}", entries.join(","));
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        file.extend(vec![0; place]);
        fs::write(path, file).unwrap();
    }

    #[test]
    fn another_kind_of_number_is_named() {
        let (_folder, path) = saved();
        by_hand(
            &path,
            &[
                ("hidden.weight", "F16", "[4,2]", 16),
                ("hidden.bias", "I64", "[4]", 32),
                ("out.weight", "F32", "[3,4]", 48),
                ("out.bias", "F64", "[3]", 24),
            ],
        );
        assert_eq!(
            said(&path).lines().collect::<Vec<_>>(),
            [
                "hidden.weight in two.safetensors is stored as F16; this network computes in F32",
                "hidden.bias in two.safetensors is stored as I64; this network computes in F32",
            ]
        );
    }

    #[test]
    fn a_number_beyond_32_bits_is_refused_and_nothing_is_half_loaded() {
        let (folder, path) = saved();
        let mut large = [0.5_f64; 12];
        large[2] = 1e300;
        let tensors: [(&str, &[usize], &[f64]); 4] = [
            ("hidden.weight", &[4, 2], &large[4..]),
            ("hidden.bias", &[4], &large[4..8]),
            ("out.weight", &[3, 4], &large),
            ("out.bias", &[3], &large[4..7]),
        ];
        write_tensors(&path, &tensors).unwrap();
        let mut net = Two::new(1);
        let before = bits(&net).unwrap();
        let message = refusal(folder.path(), net.load(&path));
        assert!(
            message.starts_with(
                "out.weight in two.safetensors: expected numbers that 32 bits can hold, found 1"
            ),
            "{message}"
        );
        assert!(bits(&net).unwrap() == before);
        let mut net = Two::builder().precision(Dtype::F64).build();
        net.load(&path).unwrap();
        assert_eq!(net.parameter("out.weight").unwrap()[2], 1e300);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let folder = folder();
        let message = said(&folder.path().join("two.safetensors"));
        assert!(message.starts_with("cannot read two.safetensors: No such file"), "{message}");
        let message = refusal(folder.path(), read_tensors::<f32>(folder.path().join("two.safetensors")));
        assert!(message.starts_with("cannot read two.safetensors: No such file"), "{message}");
    }

    #[test]
    fn saving_into_a_folder_that_is_not_there_is_an_error() {
        let folder = folder();
        let message = refusal(folder.path(), Two::new(1).save(folder.path().join("no/such/two.safetensors")));
        assert!(message.starts_with("cannot write no/such/two.safetensors: No such file"), "{message}");
        assert!(contents(folder.path()).is_empty());
    }

    #[test]
    fn saving_in_the_place_of_a_folder_is_an_error() {
        let folder = folder();
        fs::create_dir(folder.path().join("two.safetensors")).unwrap();
        let message = refusal(folder.path(), Two::new(1).save(folder.path().join("two.safetensors")));
        assert_eq!(message, "cannot write two.safetensors: it is a folder");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn saving_to_a_full_device_is_an_error() {
        // The atomic replacement of a file on a full disk is tested in `interruption`.
        let error = Two::new(1).save("/dev/full").unwrap_err().to_string();
        assert!(error.starts_with("cannot write /dev/full: No space left on device"), "{error}");
    }
}

mod parameters {
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
}
