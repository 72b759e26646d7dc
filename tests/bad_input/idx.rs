//! IDX files that are cut off, too long or of another kind.

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
    assert_eq!(Mnist::train(set(".gz", &pack(&images(2)), &pack(&labels)).path()).unwrap().labels(), [3, 9]);
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
