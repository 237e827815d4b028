//! Pictures side by side as a PNG.

use anyhow::{Context, Result};
use ganvas::shape::Shape;
use png::{ColorType, DeflateCompression, Encoder, Filter};

/// Pixels between two pictures.
const GAP: usize = 2;
const BACKGROUND: [u8; 3] = [48; 3];

/// The first 100 of these pictures, ten in a row.
pub fn png_of_first(pixels: &[u8], shape: Shape) -> Result<Vec<u8>> {
    png(&pixels[..pixels.len().min(100 * shape.size())], shape, 10)
}

/// A PNG of pictures of that shape, row by row in `columns`.
pub fn png(pixels: &[u8], shape: Shape, columns: usize) -> Result<Vec<u8>> {
    let Shape { side, channels } = shape;
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
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width as u32, height as u32);
    encoder.set_color(if channels == 3 { ColorType::Rgb } else { ColorType::Grayscale });
    encoder.set_deflate_compression(DeflateCompression::Level(9));
    // Pictures of strokes on an even ground: filters would cost a third of the file.
    encoder.set_filter(Filter::NoFilter);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&sheet));
    written.context("cannot make a PNG of the pictures")?;
    Ok(png)
}
