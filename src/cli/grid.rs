//! Pictures side by side as a PNG.

use super::point_files;
use anyhow::{Context, Result};
use ganvas::data::Film;
use ganvas::data::points::RANGE;
use ganvas::shape::Shape;
use png::{ColorType, DeflateCompression, Encoder, Filter};

/// Pixels between two pictures.
const GAP: usize = 2;
/// Of films.
const FRAMES_A_SECOND: u16 = 8;
const BACKGROUND: [u8; 3] = [48; 3];
/// Pixels along each side of a picture of points.
const SPREAD: usize = 256;

/// Pictures in a row, where nothing says otherwise.
pub const COLUMNS: usize = 10;

/// The first 100 of these pictures, so many in a row; all of points.
pub fn png_of_first(pixels: &[u8], shape: Shape, frames: usize, columns: usize) -> Result<Vec<u8>> {
    match shape.side {
        1 => png(pixels, shape, frames, columns),
        _ => png(&pixels[..pixels.len().min(100 * shape.size())], shape, frames, columns),
    }
}

/// A PNG of pictures of that shape, row by row in `columns`, or of points where they lie. Of films it is an animated one,
/// which programs that know none show as its first frame.
pub fn png(pixels: &[u8], shape: Shape, frames: usize, columns: usize) -> Result<Vec<u8>> {
    if shape.side == 1 {
        return scattered(&point_files::numbers(pixels), shape.channels);
    }
    let film = (frames > 1).then_some(Film { frames, shown: 0 });
    let sheets: Vec<_> = match film {
        Some(film) => {
            let stills = (0..frames).map(|k| film.frame(pixels, k));
            stills.map(|pixels| sheet(&pixels, shape.of(1), columns)).collect()
        }
        None => vec![sheet(pixels, shape, columns)],
    };
    let size = sheets.first().map_or([0; 2], |(_, size)| *size);
    let sheets: Vec<Vec<u8>> = sheets.into_iter().map(|(sheet, _)| sheet).collect();
    let colours = film.is_none() && shape.channels == 3;
    encoded(&sheets, size, if colours { ColorType::Rgb } else { ColorType::Grayscale })
}

/// Pictures on one sheet, and its width and height.
fn sheet(pixels: &[u8], shape: Shape, columns: usize) -> (Vec<u8>, [usize; 2]) {
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
    (sheet, [width, height])
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
    encoded(&[sheet], [SPREAD; 2], ColorType::Grayscale)
}

/// One image, or the frames of an animated one.
fn encoded(sheets: &[Vec<u8>], [width, height]: [usize; 2], color: ColorType) -> Result<Vec<u8>> {
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width as u32, height as u32);
    encoder.set_color(color);
    encoder.set_deflate_compression(DeflateCompression::Level(9));
    // Pictures of strokes on an even ground: filters would cost a third of the file.
    encoder.set_filter(Filter::NoFilter);
    let write = || {
        if sheets.len() > 1 {
            encoder.set_animated(sheets.len() as u32, 0)?;
            encoder.set_frame_delay(1, FRAMES_A_SECOND)?;
        }
        let mut writer = encoder.write_header()?;
        sheets.iter().try_for_each(|sheet| writer.write_image_data(sheet))?;
        writer.finish()
    };
    write().context("cannot make a PNG of the pictures")?;
    Ok(png)
}
