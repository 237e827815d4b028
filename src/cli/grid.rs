//! Pictures side by side as a PNG.

use anyhow::{Context, Result};
use ganvas::data::{PIXELS, SIDE};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageBuffer, Luma, PixelWithColorType, Rgb};

/// Pixels between two pictures.
const GAP: usize = 2;
const BACKGROUND: [u8; 3] = [48; 3];

/// The first 100 of these pictures, ten in a row.
pub fn png_of_first(pixels: &[u8], channels: usize) -> Result<Vec<u8>> {
    png(&pixels[..pixels.len().min(100 * PIXELS * channels)], channels, 10)
}

/// A PNG of `pixels`, PIXELS times `channels` bytes a picture, row by row in `columns`.
pub fn png(pixels: &[u8], channels: usize, columns: usize) -> Result<Vec<u8>> {
    match channels {
        3 => sheet::<Rgb<u8>>(pixels, columns),
        _ => sheet::<Luma<u8>>(pixels, columns),
    }
}

fn sheet<P>(pixels: &[u8], columns: usize) -> Result<Vec<u8>>
where
    P: PixelWithColorType<Subpixel = u8>,
{
    let channels = usize::from(P::CHANNEL_COUNT);
    let columns = columns.max(1);
    let rows = (pixels.len() / (PIXELS * channels)).div_ceil(columns);
    let length = |n: usize| (n * (SIDE + GAP) + GAP) as u32;
    let background = *P::from_slice(&BACKGROUND[..channels]);
    let mut sheet = ImageBuffer::from_pixel(length(columns), length(rows), background);
    for (i, picture) in pixels.chunks_exact(PIXELS * channels).enumerate() {
        let (left, top) = (length(i % columns), length(i / columns));
        for (k, pixel) in picture.chunks_exact(channels).enumerate() {
            let (x, y) = (left + (k % SIDE) as u32, top + (k / SIDE) as u32);
            sheet.put_pixel(x, y, *P::from_slice(pixel));
        }
    }
    let mut png = Vec::new();
    // Pictures of strokes on an even ground: filters would cost a third of the file.
    let encoder =
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::NoFilter);
    sheet.write_with_encoder(encoder).context("cannot make a PNG of the pictures")?;
    Ok(png)
}
