//! Points as a table: a line for each, its coordinates with commas between them. No header, so that other programs
//! read it as it is.

use anyhow::{Result, ensure};
use std::fmt::Write;

/// The text of points, one after another.
pub fn csv(numbers: &[f32], dimensions: usize) -> String {
    let mut text = String::new();
    for point in numbers.chunks(dimensions.max(1)) {
        let point: Vec<String> = point.iter().map(f32::to_string).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", point.join(","));
    }
    text
}

/// Points of so many coordinates; empty lines are skipped.
///
/// # Errors
/// The first line that is none, or that there are no points.
pub fn read(text: &str, dimensions: usize) -> Result<Vec<f32>> {
    let mut numbers = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let point: Vec<f32> = line
            .split(',')
            .filter_map(|cell| cell.trim().parse().ok().filter(|number: &f32| number.is_finite()))
            .collect();
        ensure!(
            point.len() == dimensions && line.split(',').count() == dimensions,
            "line {} is no point: {dimensions} numbers with commas between them are",
            i + 1
        );
        numbers.extend(point);
    }
    ensure!(!numbers.is_empty(), "there are no points");
    Ok(numbers)
}

/// The numbers behind the bytes of points.
pub fn numbers(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let points = [0.5, -0.25, 1e-9, 3.0];
        for dimensions in [1, 2] {
            assert_eq!(read(&csv(&points, dimensions), dimensions).unwrap(), points);
        }
    }

    #[test]
    fn a_line_that_is_no_point_is_named() {
        for (text, line) in [("1,2\n3\n", 2), ("x,1", 1), ("1,2,3", 1), ("\n1,inf", 2), ("1,,2", 1)]
        {
            let error = read(text, 2).unwrap_err().to_string();
            assert!(error.starts_with(&format!("line {line} ")), "{text}: {error}");
        }
        assert!(read("\n", 2).is_err());
    }
}
