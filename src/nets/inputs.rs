//! Network inputs as tensors: pictures in [-1, 1], the range of the generator's tanh, and labels as one-hot rows. The
//! only place that knows how bytes and values correspond.

use super::params::rows;
use burn::tensor::{Device, Tensor};

/// Pictures of `size` bytes each as the networks see them, [n, size]: 0 becomes -1, 255 becomes 1.
pub fn pictures(bytes: &[u8], size: usize, device: &Device) -> Tensor<2> {
    rows(bytes.iter().map(|&b| f32::from(b) / 127.5 - 1.0).collect(), size, device)
}

/// The nearest byte to each value that a generator drew.
pub fn to_bytes(values: &[f32]) -> impl Iterator<Item = u8> {
    values.iter().map(|v| ((v + 1.0) * 127.5).round() as u8)
}

/// A row for each label below `classes`, 1 in its column and 0 elsewhere. [n, classes]
pub fn one_hot(labels: &[u8], classes: usize, device: &Device) -> Tensor<2> {
    let mut values = vec![0.0; labels.len() * classes];
    for (row, &label) in values.chunks_exact_mut(classes).zip(labels) {
        row[usize::from(label)] = 1.0;
    }
    rows(values, classes, device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn bytes_come_back_unchanged() {
        let bytes: Vec<u8> = (0..784).map(|i| (i % 256) as u8).collect();
        let values = pictures(&bytes, 392, &device::cpu()).into_data().try_to_vec::<f32>().unwrap();
        assert_eq!((values[0], values[255]), (-1.0, 1.0));
        assert_eq!(to_bytes(&values).collect::<Vec<_>>(), bytes);
        // Beyond the range there is nothing to wrap around to.
        assert_eq!(to_bytes(&[-1.5, 1.5]).collect::<Vec<_>>(), [0, 255]);
    }
}
