//! Pictures: learning curves as SVG and PNG, and grids of grey images.
//!
//! [`History::save_svg`] and [`History::save_png`] draw the same picture. It needs no font and no library but for packing a
//! PNG.

use std::path::Path;

use super::history::History;
use crate::error::require;
use crate::save::atomic;
use crate::{Error, Result};

mod axis;
mod drawing;
mod figure;
mod font;
mod raster;

pub(super) fn save_svg(history: &History, path: &Path) -> Result<()> {
    write(path, figure::figure(history).svg().as_bytes())
}

pub(super) fn save_png(history: &History, path: &Path) -> Result<()> {
    let raster = raster::Raster::of(&figure::figure(history));
    write_png(path, (raster.width, raster.height), png::ColorType::Rgb, raster.pixels.as_flattened())
}

/// The longer side of an image in a grid is at least so many pixels.
const SIDE: usize = 56;
/// Pixels between images, and around them all.
const GAP: usize = 4;

/// Writes images as one PNG, row by row in a grid of so many columns: for originals over reconstructions, first all
/// originals, then all reconstructions, with as many columns as there are originals.
///
/// `images` holds `height * width` values an image, row by row, from 0 (black) to 1 (white); values beyond count as these.
/// Small images are enlarged by a whole number.
///
/// ```
/// use ann_core::train::plot::image_grid;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("grid.png");
/// let images = [0.0, 0.5, 0.5, 1.0, /* the next */ 1.0, 0.0, 0.0, 1.0];
/// image_grid(&path, &images, 2, 2, 2)?;
/// # Ok::<(), ann_core::Error>(())
/// ```
///
/// # Errors
/// Sizes of 0; a number of values that makes no whole images; a value that is not finite; a file that cannot be written.
pub fn image_grid(
    path: impl AsRef<Path>,
    images: &[f32],
    height: usize,
    width: usize,
    columns: usize,
) -> Result<()> {
    for (name, size) in [("height", height), ("width", width), ("columns", columns)] {
        require(0 < size, "image_grid", name, size, "it must be at least 1")?;
    }
    let size = height.saturating_mul(width);
    if images.is_empty() || !images.len().is_multiple_of(size) {
        let expected = format_args!("{size} an image, and at least one");
        return Err(Error::shape("the values of a grid of images", expected, images.len()));
    }
    if let Some(at) = images.iter().position(|value| !value.is_finite()) {
        let value = f64::from(images[at]);
        return Err(Error::NotFinite { what: "image", example: at / size, column: at % size, value });
    }
    let zoom = SIDE.div_ceil(height.max(width));
    let (cell_height, cell_width) = (zoom * height + GAP, zoom * width + GAP);
    let count = images.len() / size;
    let columns = columns.min(count);
    let (grid_height, grid_width) = (GAP + count.div_ceil(columns) * cell_height, GAP + columns * cell_width);
    let mut pixels = vec![255u8; grid_height * grid_width];
    for (number, image) in images.chunks_exact(size).enumerate() {
        let (top, left) = (GAP + number / columns * cell_height, GAP + number % columns * cell_width);
        for row in 0..zoom * height {
            for column in 0..zoom * width {
                let value = image[row / zoom * width + column / zoom].clamp(0.0, 1.0);
                pixels[(top + row) * grid_width + left + column] = (255.0 * value).round() as u8;
            }
        }
    }
    write_png(path.as_ref(), (grid_width, grid_height), png::ColorType::Grayscale, &pixels)
}

fn write_png(
    path: &Path,
    (width, height): (usize, usize),
    colour: png::ColorType,
    pixels: &[u8],
) -> Result<()> {
    let side = |size: usize| {
        u32::try_from(size)
            .map_err(|_| Error::shape("a picture", format_args!("at most {} pixels a side", u32::MAX), size))
    };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side(width)?, side(height)?);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    let packed = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    packed.map_err(std::io::Error::from).map_err(Error::io("pack the picture for", path))?;
    write(path, &file)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    atomic::write(path, |to| to.write_all(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::train::Epoch;

    fn history(epochs: u64) -> History {
        let mut history = History::default();
        for epoch in 1..=epochs {
            let x = epoch as f64;
            let loss = 1.9 * (-0.55 * x).exp() + 0.012 + 0.006 * (7.0 * x).sin() / x;
            history.push(Epoch {
                epoch,
                step: 157 * epoch,
                seconds: 1.85,
                learning_rate: 0.01,
                loss,
                validation_loss: Some(loss + 0.025 + 0.001 * x),
                metrics: vec![
                    ("accuracy".into(), 0.985 - 0.2 * (-0.5 * x).exp()),
                    ("top_3_accuracy".into(), 0.999 - 0.05 * (-0.5 * x).exp()),
                ],
            });
        }
        history
    }

    /// Width, height and the bytes of a PNG.
    fn read(path: &Path) -> (usize, usize, Vec<u8>) {
        let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width as usize, info.height as usize, pixels)
    }

    #[test]
    fn both_pictures_show_every_curve_in_its_colour() {
        let folder = tempfile::tempdir().unwrap();
        let (svg, png) = (folder.path().join("curve.svg"), folder.path().join("curve.png"));
        history(12).save_svg(&svg).unwrap();
        history(12).save_png(&png).unwrap();
        let text = fs::read_to_string(svg).unwrap();
        for part in [
            "training",
            "validation",
            "accuracy",
            "top_3_accuracy",
            "epoch",
            "12 epochs",
            "#0072b2",
            "#d55e00",
        ] {
            assert!(text.contains(part), "{part}");
        }
        // Of the four curves each has a line, one in the legend, and its dots.
        assert_eq!(text.matches("<circle").count(), 4 * (12 + 1));
        let (width, height, pixels) = read(&png);
        assert_eq!(pixels.len(), 3 * width * height);
        for colour in [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167]] {
            assert!(100 < pixels.chunks_exact(3).filter(|pixel| **pixel == colour).count(), "{colour:?}");
        }
    }

    #[test]
    fn odd_histories_are_drawn_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curve.png");
        let mut odd = vec![History::default(), history(1), history(400)];
        let mut broken = history(5);
        broken.push(Epoch { epoch: 6, loss: f64::NAN, ..Epoch::default() });
        broken.push(Epoch {
            epoch: 7,
            loss: f64::INFINITY,
            metrics: vec![("m<&\u{7}".into(), -5.0)],
            ..Epoch::default()
        });
        odd.push(broken);
        for history in &odd {
            history.save_png(&path).unwrap();
            history.save_svg(path.with_extension("svg")).unwrap();
            let text = fs::read_to_string(path.with_extension("svg")).unwrap();
            assert!(!text.contains("NaN,") && !text.contains("inf,") && !text.contains("m<&"), "{text}");
        }
    }

    #[test]
    fn a_grid_puts_images_in_rows_and_keeps_their_grey() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grid.png");
        // Three images of one row of two pixels each, in two columns.
        image_grid(&path, &[0.0, 0.2, 0.4, 0.6, 2.0, -1.0], 1, 2, 2).unwrap();
        let (width, height, pixels) = read(&path);
        let (cell_width, cell_height) = (56 + GAP, 28 + GAP);
        assert_eq!((width, height), (GAP + 2 * cell_width, GAP + 2 * cell_height));
        let at = |column: usize, row: usize, x: usize| {
            pixels[(GAP + row * cell_height) * width + GAP + column * cell_width + x]
        };
        assert_eq!([at(0, 0, 0), at(0, 0, 28), at(1, 0, 0), at(1, 0, 28)], [0, 51, 102, 153]);
        assert_eq!([at(0, 1, 0), at(0, 1, 28), at(1, 1, 0)], [255, 0, 255]);
    }

    #[test]
    fn a_grid_of_no_whole_images_is_refused() {
        let refusal =
            |images: &[f32], columns| image_grid("never.png", images, 2, 2, columns).unwrap_err().to_string();
        assert!(refusal(&[0.0; 5], 1).contains("expected 4 an image"));
        assert!(refusal(&[], 1).contains("at least one"));
        assert!(refusal(&[0.0; 4], 0).contains("columns = 0"));
        assert!(
            refusal(&[0.0, 0.0, 0.0, 0.0, f32::NAN, 0.0, 0.0, 0.0], 1)
                .starts_with("image 1, column 0 is NaN")
        );
        assert!(!Path::new("never.png").exists());
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let error = history(2).save_png("no/such/folder/curve.png").unwrap_err().to_string();
        assert!(error.starts_with("cannot write no/such/folder/curve.png"), "{error}");
    }
}
