//! Pictures side by side as a PNG.

use super::files;
use anyhow::{Context, Result};
use ganvas::data::{PIXELS, SIDE};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{GrayImage, Luma};
use std::path::Path;

/// Pixels between two pictures.
const GAP: usize = 2;
const BACKGROUND: Luma<u8> = Luma([48]);

/// Writes the first 100 of these pictures, ten in a row.
pub fn write_first(path: &Path, pixels: &[u8]) -> Result<()> {
    write(path, &pixels[..pixels.len().min(100 * PIXELS)], 10)
}

/// Writes `pixels`, PIXELS bytes a picture, row by row in `columns`.
pub fn write(path: &Path, pixels: &[u8], columns: usize) -> Result<()> {
    let columns = columns.max(1);
    let rows = (pixels.len() / PIXELS).div_ceil(columns);
    let length = |n: usize| (n * (SIDE + GAP) + GAP) as u32;
    let mut sheet = GrayImage::from_pixel(length(columns), length(rows), BACKGROUND);
    for (i, picture) in pixels.chunks_exact(PIXELS).enumerate() {
        let (left, top) = (length(i % columns), length(i / columns));
        for (k, &value) in picture.iter().enumerate() {
            sheet.put_pixel(left + (k % SIDE) as u32, top + (k / SIDE) as u32, Luma([value]));
        }
    }
    let mut png = Vec::new();
    // Pictures of strokes on an even ground: filters would cost a third of the file.
    let encoder =
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::NoFilter);
    sheet.write_with_encoder(encoder).context("cannot make a PNG of the pictures")?;
    files::write(path, &png)
}
