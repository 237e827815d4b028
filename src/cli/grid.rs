//! Pictures side by side as a PNG.

use super::point_files;
use anyhow::{Context, Result};
use ganvas::data::points::RANGE;
use ganvas::shape::Shape;
use png::{ColorType, DeflateCompression, Encoder, Filter};

/// Pixels between two pictures.
const GAP: usize = 2;
const BACKGROUND: [u8; 3] = [48; 3];
/// Pixels along each side of a picture of points.
const SPREAD: usize = 256;

/// The first 100 of these pictures, ten in a row; all of points.
pub fn png_of_first(pixels: &[u8], shape: Shape) -> Result<Vec<u8>> {
    match shape.side {
        1 => png(pixels, shape, 10),
        _ => png(&pixels[..pixels.len().min(100 * shape.size())], shape, 10),
    }
}

/// A PNG of pictures of that shape, row by row in `columns`, or of points where they lie.
pub fn png(pixels: &[u8], shape: Shape, columns: usize) -> Result<Vec<u8>> {
    let Shape { side, channels } = shape;
    if side == 1 {
        return scattered(&point_files::numbers(pixels), channels);
    }
    let columns = columns.max(1);
    let rows = (pixels.len() / shape.size()).div_ceil(columns);
    let length = |n: usize| n * (side + GAP) + GAP;
    let (width, height) = (length(columns), length(rows));
    let mut sheet = BACKGROUND[..channels].repeat(width * height);
    for (i, picture) in pixels.chunks_exact(shape.size()).enumerate() {
        let (left, top) = (length(i % columns), length(i / columns));
        for (y, row) in picture.chunks_exact(side * channels).enumerate() {
            let start = ((top + y) * width + left) * channels;
            sheet[start..start + row.len()].copy_from_slice(row);
        }
    }
    encoded(
        &sheet,
        [width, height],
        if channels == 3 { ColorType::Rgb } else { ColorType::Grayscale },
    )
}

/// Points where they lie in the plane, x to the right and y up; on a line, as a histogram.
fn scattered(numbers: &[f32], dimensions: usize) -> Result<Vec<u8>> {
    let mut sheet = vec![BACKGROUND[0]; SPREAD * SPREAD];
    let [low, high] = RANGE;
    let place = |x: f32| {
        let share = (f64::from(x) - low) / (high - low);
        (share * SPREAD as f64).clamp(0.0, SPREAD as f64 - 1.0) as usize
    };
    match dimensions {
        1 => {
            let mut counts = vec![0usize; SPREAD];
            numbers.iter().for_each(|&x| counts[place(x)] += 1);
            let most = counts.iter().copied().max().unwrap_or(0).max(1);
            for (column, count) in counts.into_iter().enumerate() {
                for row in 0..count * (SPREAD - 1) / most {
                    sheet[(SPREAD - 1 - row) * SPREAD + column] = 255;
                }
            }
        }
        _ => {
            for point in numbers.chunks_exact(dimensions) {
                sheet[(SPREAD - 1 - place(point[1])) * SPREAD + place(point[0])] = 255;
            }
        }
    }
    encoded(&sheet, [SPREAD; 2], ColorType::Grayscale)
}

fn encoded(sheet: &[u8], [width, height]: [usize; 2], color: ColorType) -> Result<Vec<u8>> {
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width as u32, height as u32);
    encoder.set_color(color);
    encoder.set_deflate_compression(DeflateCompression::Level(9));
    // Pictures of strokes on an even ground: filters would cost a third of the file.
    encoder.set_filter(Filter::NoFilter);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(sheet));
    written.context("cannot make a PNG of the pictures")?;
    Ok(png)
}
