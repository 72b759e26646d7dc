//! Files of weights that do not fit, and places that cannot be written.

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
    assert!(message.starts_with("two.safetensors is no safetensors file, or a damaged one: "), "{message}");
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
        message.starts_with("out.weight in two.safetensors: expected numbers that 32 bits can hold, found 1"),
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
