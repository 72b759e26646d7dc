//! [`Mnist`]: handwritten digits from the four files of MNIST, or of a set in its form.

use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ann_autodiff::{Rank1, Rank3, Scalar, Shaped};

use super::dataset::{Class, Dataset, Target, Values};
use super::examples::{check_place, out_of_range};
use super::idx::{Idx, Numbers};
use crate::{Error, Result};

const PIXELS: usize = 28 * 28;
const CLASSES: usize = 10;

/// Images of 28x28 grey values from 0 to 1, each one of ten classes ("Gradient-based learning
/// applied to document recognition", Proceedings of the IEEE 86, 1998).
///
/// By the types: images `[1, 28, 28]` with their classes; [`flatten`](Self::flatten)ed to `[784]`; with
/// [the images themselves](Self::reconstruct) for targets. Pixels stay bytes in memory, clones share them.
///
/// ```no_run
/// use ann_core::data::{Dataset, Mnist};
///
/// let (train, test) = (Mnist::train("data/mnist")?, Mnist::test("data/mnist")?);
/// assert_eq!(train.input_dims(), [1, 28, 28]);
/// let autoencoded = test.flatten().reconstruct();
/// assert_eq!(autoencoded.target_dims(), [784]);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mnist<S = Rank3<1, 28, 28>, K = Class<CLASSES>> {
    pixels: Arc<[u8]>,
    labels: Arc<[u8]>,
    len: usize,
    types: PhantomData<(S, K)>,
}

impl Mnist {
    /// The training set from a folder: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, each as it is or with
    /// `.gz` behind.
    ///
    /// # Errors
    /// A file that is missing or damaged, images of another size, other labels than 0 to 9, not as many as there are images.
    pub fn train(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open(folder.as_ref(), "train")
    }

    /// The test set from a folder: the same with `t10k` for `train`.
    pub fn test(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open(folder.as_ref(), "t10k")
    }

    fn open(folder: &Path, part: &str) -> Result<Self> {
        let images = find(&folder.join(format!("{part}-images-idx3-ubyte")))?;
        let (dims, pixels) = bytes(&images)?;
        let [count, 28, 28] = dims[..] else {
            let found = format!("{dims:?}");
            return Err(Error::shape(
                images.display().to_string(),
                "images of 28x28: [count, 28, 28]",
                found,
            ));
        };
        let path = find(&folder.join(format!("{part}-labels-idx1-ubyte")))?;
        let (dims, labels) = bytes(&path)?;
        if dims != [count] {
            let expected =
                format_args!("[{count}], a label for each image of {}", images.display()).to_string();
            return Err(Error::shape(path.display().to_string(), expected, format_args!("{dims:?}")));
        }
        if let Some(number) = labels.iter().position(|label| CLASSES <= usize::from(*label)) {
            let place = format!("{}, label {number}", path.display());
            return Err(Error::Label { place, found: labels[number].to_string(), classes: CLASSES });
        }
        if count == 0 {
            return Err(Error::Empty { what: images.display().to_string() });
        }
        Ok(Self { pixels: pixels.into(), labels: labels.into(), len: count, types: PhantomData })
    }
}

impl<K> Mnist<Rank3<1, 28, 28>, K> {
    /// Images as rows of 784 numbers, for networks that begin with a dense layer.
    #[must_use]
    pub fn flatten(self) -> Mnist<Rank1<784>, K> {
        self.retyped()
    }
}

impl<S> Mnist<S, Class<CLASSES>> {
    /// Each image is its own target, for autoencoders.
    #[must_use]
    pub fn reconstruct(self) -> Mnist<S, Values<S>> {
        self.retyped()
    }
}

impl<S, K> Mnist<S, K> {
    /// The first `count`, or all if there are fewer.
    #[must_use]
    pub fn take(self, count: usize) -> Self {
        Self { len: self.len.min(count), ..self }
    }

    /// The class of each image.
    pub fn labels(&self) -> &[u8] {
        &self.labels[..self.len]
    }

    /// The grey values of an image, row by row, 0 to 255.
    pub fn image(&self, number: usize) -> Option<&[u8]> {
        self.pixels[..self.len * PIXELS].chunks_exact(PIXELS).nth(number)
    }

    fn retyped<U, V>(self) -> Mnist<U, V> {
        Mnist { pixels: self.pixels, labels: self.labels, len: self.len, types: PhantomData }
    }

    fn read_image<T: Scalar>(&self, number: usize, to: &mut [T]) -> Result<()> {
        let image = self.image(number).ok_or_else(|| out_of_range(number, self.len))?;
        check_place(PIXELS, to.len())?;
        let white = T::from_f64(255.0);
        for (to, from) in to.iter_mut().zip(image) {
            *to = T::from_f64(f64::from(*from)) / white;
        }
        Ok(())
    }
}

/// The kinds of targets that an image has.
trait Kind: Target {
    fn dims<S: Shaped>() -> Vec<usize>;
    fn read<S, T: Scalar>(images: &Mnist<S, Self>, number: usize, to: &mut [T]) -> Result<()>;
}

impl Kind for Class<CLASSES> {
    fn dims<S: Shaped>() -> Vec<usize> {
        Vec::new()
    }

    fn read<S, T: Scalar>(images: &Mnist<S, Self>, number: usize, to: &mut [T]) -> Result<()> {
        let label = images.labels().get(number).ok_or_else(|| out_of_range(number, images.len))?;
        check_place(1, to.len())?;
        to[0] = T::from_f64(f64::from(*label));
        Ok(())
    }
}

impl<O: Shaped> Kind for Values<O> {
    fn dims<S: Shaped>() -> Vec<usize> {
        S::DIMS.unwrap_or_default().to_vec()
    }

    fn read<S, T: Scalar>(images: &Mnist<S, Self>, number: usize, to: &mut [T]) -> Result<()> {
        images.read_image(number, to)
    }
}

#[allow(
    private_bounds,
    reason = "a dataset with one of the two kinds of targets that the methods above give"
)]
impl<S: Shaped, K: Kind> Dataset for Mnist<S, K> {
    type Input = S;
    type Target = K;

    fn len(&self) -> usize {
        self.len
    }

    fn input_dims(&self) -> Vec<usize> {
        S::DIMS.unwrap_or_default().to_vec()
    }

    fn target_dims(&self) -> Vec<usize> {
        K::dims::<S>()
    }

    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<()> {
        self.read_image(index, input)?;
        K::read(self, index, target)
    }
}

/// The file of this name, or the packed one.
fn find(path: &Path) -> Result<PathBuf> {
    let mut packed = path.as_os_str().to_owned();
    packed.push(".gz");
    let packed = PathBuf::from(packed);
    let found = [path, &packed].into_iter().find(|path| path.exists());
    found.map(Path::to_path_buf).ok_or_else(|| {
        let reason = "neither this file nor the same with `.gz` behind is there";
        Error::io("read", path)(io::Error::new(io::ErrorKind::NotFound, reason))
    })
}

fn bytes(path: &Path) -> Result<(Vec<usize>, Vec<u8>)> {
    let idx = Idx::open(path)?;
    let dims = idx.dims().to_vec();
    match idx.into_numbers() {
        Numbers::U8(bytes) => Ok((dims, bytes)),
        _ => Err(Error::shape(
            path.display().to_string(),
            "unsigned bytes (IDX type 8)",
            "another type of numbers",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn committed() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist")
    }

    /// A folder with a training set of so many images and these labels.
    fn folder(images: &[usize], labels: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let pixels = vec![51; images.iter().product()];
        let path = folder.path().join("train-images-idx3-ubyte");
        Idx::new(images, Numbers::U8(pixels)).unwrap().write(path).unwrap();
        let path = folder.path().join("train-labels-idx1-ubyte");
        Idx::new(&[labels.len()], Numbers::U8(labels.to_vec())).unwrap().write(path).unwrap();
        folder
    }

    fn refusal(images: &[usize], labels: &[u8]) -> String {
        Mnist::train(folder(images, labels).path()).unwrap_err().to_string()
    }

    #[test]
    fn the_committed_images_are_the_first_of_mnist() {
        let (train, test) = (Mnist::train(committed()).unwrap(), Mnist::test(committed()).unwrap());
        assert_eq!((train.len(), test.len()), (10_000, 2_000));
        assert_eq!(train.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
        assert_eq!(test.labels()[..10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
        let (mut image, mut label) = ([0.0_f32; 784], [0.0_f32]);
        train.read(0, &mut image, &mut label).unwrap();
        assert_eq!((label[0], image.iter().copied().fold(0.0, f32::max)), (5.0, 1.0));
        assert_eq!(image[0], 0.0);
    }

    #[test]
    fn an_image_is_its_own_target_in_an_autoencoder() {
        let folder = folder(&[2, 28, 28], &[3, 4]);
        let images = Mnist::train(folder.path()).unwrap().flatten().reconstruct();
        let (mut x, mut y) = ([0.0_f64; 784], [1.0_f64; 784]);
        images.read(1, &mut x, &mut y).unwrap();
        assert_eq!(x, y);
        assert_eq!(x[0], 0.2);
        assert_eq!((images.input_dims(), images.target_dims()), (vec![784], vec![784]));
        assert!(images.read(2, &mut x, &mut y).is_err());
        let first = images.take(1);
        assert_eq!((first.len(), first.labels()), (1, &[3][..]));
        assert!(first.read(1, &mut x, &mut y).is_err());
    }

    #[test]
    fn labels_that_do_not_belong_are_refused_with_file_and_place() {
        let error = refusal(&[3, 28, 28], &[0, 9, 10]);
        assert!(
            error.contains("train-labels-idx1-ubyte, label 2: label 10 is not one of the 10 classes"),
            "{error}"
        );
        let error = refusal(&[3, 28, 28], &[0, 9]);
        assert!(
            error.contains("expected [3], a label for each image of ") && error.ends_with("found [2]"),
            "{error}"
        );
    }

    #[test]
    fn other_sizes_and_empty_sets_are_refused() {
        assert!(
            refusal(&[1, 32, 32], &[1])
                .contains("expected images of 28x28: [count, 28, 28], found [1, 32, 32]")
        );
        assert!(refusal(&[0, 28, 28], &[]).ends_with("holds no examples; at least one is needed"));
        let folder = folder(&[1, 28, 28], &[1]);
        let error = Mnist::test(folder.path()).unwrap_err().to_string();
        assert!(error.contains("t10k-images-idx3-ubyte: neither this file nor"), "{error}");
        let path = folder.path().join("train-labels-idx1-ubyte");
        fs::write(path, [0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0]).unwrap();
        assert!(Mnist::train(folder.path()).unwrap_err().to_string().contains("unsigned bytes"));
    }
}
