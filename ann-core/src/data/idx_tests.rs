use ann_autodiff::Rank2;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8]) -> Result<Idx> {
    Idx::read(Path::new("some-idx"), bytes)
}

fn refusal(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Two rows of three bytes.
const SMALL: [u8; 18] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255];

#[test]
fn bytes_are_read_as_the_format_says() {
    let idx = read(&SMALL).unwrap();
    assert_eq!(idx, Idx::new(&[2, 3], Numbers::U8(vec![1, 2, 3, 4, 5, 255])).unwrap());
    let x: Examples<ann_autodiff::Rank1<3>, f64> = idx.examples(1.0 / 255.0).unwrap();
    assert_eq!(x.row(1).unwrap()[2], 1.0);
    assert!(idx.examples::<Rank2<1, 3>, f32>(1.0).is_err());
}

#[test]
fn the_other_types_are_big_endian() {
    let one = |code: u8, number: &[u8]| {
        read(&[&[0, 0, code, 1, 0, 0, 0, 1], number].concat()).unwrap().into_numbers()
    };
    assert_eq!(one(9, &[0xfe]), Numbers::I8(vec![-2]));
    assert_eq!(one(11, &[0x01, 0x02]), Numbers::I16(vec![258]));
    assert_eq!(one(12, &[0xff, 0xff, 0xff, 0xfe]), Numbers::I32(vec![-2]));
    assert_eq!(one(13, &[0x3f, 0xc0, 0, 0]), Numbers::F32(vec![1.5]));
    assert_eq!(one(14, &[0xbf, 0xf8, 0, 0, 0, 0, 0, 0]), Numbers::F64(vec![-1.5]));
}

#[test]
fn every_truncation_is_refused_with_its_place() {
    for length in 0..SMALL.len() {
        let error = read(&SMALL[..length]).unwrap_err();
        let Error::Idx { offset, .. } = error else { panic!("{error}") };
        assert!(offset <= length as u64);
        assert!(matches!(read(&pack(&SMALL[..length])), Err(Error::Idx { .. })), "{length}");
    }
    assert_eq!(
        refusal(&SMALL[..16]),
        "some-idx, byte 16: the numbers: expected 6 bytes, for [2, 3], found the end, after 4"
    );
    assert_eq!(refusal(&[]), "some-idx, byte 0: the magic number: expected 4 bytes, found the end, after 0");
    assert_eq!(refusal(&SMALL[..9]), "some-idx, byte 8: the sizes: expected 4 bytes, found the end, after 1");
}

#[test]
fn more_than_the_header_says_is_refused() {
    let longer = [&SMALL[..], &[0]].concat();
    let expected = "some-idx, byte 18: the end: expected 6 bytes, for [2, 3], found more bytes";
    assert_eq!(refusal(&longer), expected);
    assert_eq!(refusal(&pack(&longer)), expected);
}

#[test]
fn a_wrong_beginning_is_named() {
    assert!(refusal(b"PK\x03\x04 an archive").starts_with("some-idx, byte 0: the magic number"));
    let mut bytes = SMALL;
    bytes[2] = 10;
    assert!(refusal(&bytes).starts_with("some-idx, byte 2: the type of the numbers: expected 8 (u8)"));
    bytes = SMALL;
    bytes[3] = 0;
    assert_eq!(refusal(&bytes), "some-idx, byte 3: the number of axes: expected at least 1, found 0");
}

#[test]
fn a_header_is_not_trusted_with_memory() {
    // 4 GB are promised, 3 bytes are there.
    let bytes = [0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];
    assert!(refusal(&bytes).contains("the end, after 3"));
    let bytes = [&[0, 0, 14, 4][..], &[0xff; 16], &[1, 2, 3]].concat();
    assert!(refusal(&bytes).contains("a product that fits into memory"), "{}", refusal(&bytes));
}

#[test]
fn a_packed_file_is_known_by_its_first_bytes() {
    let packed = pack(&SMALL);
    assert_eq!(read(&packed).unwrap(), read(&SMALL).unwrap());
    for length in 2..packed.len() {
        assert!(read(&packed[..length]).is_err(), "{length} of {}", packed.len());
    }
    // A wrong check sum.
    let mut damaged = packed.clone();
    let place = damaged.len() - 6;
    damaged[place] ^= 1;
    assert!(matches!(read(&damaged), Err(Error::Format { format: "gzip", .. })));
    // Rubbish behind.
    assert!(read(&[&packed[..], &[7, 7, 7]].concat()).is_err());
}

#[test]
fn sizes_and_numbers_have_to_agree() {
    assert!(Idx::new(&[2, 2], Numbers::I16(vec![0; 3])).is_err());
    assert!(Idx::new(&[], Numbers::I16(vec![0])).is_err());
    assert!(Idx::new(&[usize::MAX, 2], Numbers::U8(vec![])).is_err());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Idx::open("no/such/file-idx3-ubyte").unwrap_err();
    assert!(error.to_string().starts_with("cannot read no/such/file-idx3-ubyte: "), "{error}");
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let length = 0..60_usize;
    prop_oneof![
        proptest::collection::vec(any::<u8>(), length.clone()).prop_map(Numbers::U8),
        proptest::collection::vec(any::<i8>(), length.clone()).prop_map(Numbers::I8),
        proptest::collection::vec(any::<i16>(), length.clone()).prop_map(Numbers::I16),
        proptest::collection::vec(any::<i32>(), length.clone()).prop_map(Numbers::I32),
        proptest::collection::vec(-1e30_f32..1e30, length.clone()).prop_map(Numbers::F32),
        proptest::collection::vec(-1e300_f64..1e300, length).prop_map(Numbers::F64),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_written_is_read(numbers in numbers()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some");
        for dims in [vec![numbers.len()], vec![1, numbers.len(), 1]] {
            let idx = Idx::new(&dims, numbers.clone()).unwrap();
            idx.write(&path).unwrap();
            prop_assert_eq!(Idx::open(&path).unwrap(), idx.clone());
            let packed = pack(&std::fs::read(&path).unwrap());
            prop_assert_eq!(read(&packed).unwrap(), idx);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let _ = read(&bytes);
        let _ = read(&[&[0, 0, 8][..], &bytes].concat());
        let _ = read(&[&GZIP[..], &[8, 0], &bytes].concat());
    }
}
