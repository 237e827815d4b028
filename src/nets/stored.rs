//! A network's parameters as named tensors of a safetensors file. Knows nothing of what else such a
//! file holds, nor of which file it is: refusals are reasons in words for the caller's own error.

use super::params::Layout;
use burn::tensor::f16;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// How a file holds a number, little end first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Four bytes: as it is.
    Single,
    /// Two bytes: the nearest number of 11 significant bits, infinite from 65,520 on (IEEE 754 binary16).
    Half,
}

impl Precision {
    fn of(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F32 => Some(Self::Single),
            Dtype::F16 => Some(Self::Half),
            _ => None,
        }
    }

    fn dtype(self) -> Dtype {
        match self {
            Self::Single => Dtype::F32,
            Self::Half => Dtype::F16,
        }
    }

    /// Of a number.
    fn bytes(self) -> usize {
        match self {
            Self::Single => 4,
            Self::Half => 2,
        }
    }
}

/// The parameters in `values` ([layout.len()], as [`to_bytes`] writes them), named `prefix` + name.
pub fn views<'a>(
    prefix: &str,
    layout: &Layout,
    values: &'a [u8],
    precision: Precision,
) -> Result<Vec<(String, TensorView<'a>)>, String> {
    let size = precision.bytes();
    let view = |entry: &super::params::Entry| {
        let range = entry.range();
        let data = &values[range.start * size..range.end * size];
        let view = TensorView::new(precision.dtype(), entry.shape.clone(), data);
        Ok((format!("{prefix}{}", entry.name), view.map_err(|e| e.to_string())?))
    };
    layout.entries().iter().map(view).collect()
}

/// The flat vector of `layout`, gathered from the file's tensors. Those in `optional` are zeros where the
/// file has none.
///
/// # Errors
/// What is missing, of the wrong type or shape, or not a finite number.
pub fn values(
    prefix: &str,
    layout: &Layout,
    file: &SafeTensors,
    optional: &[&str],
) -> Result<Vec<f32>, String> {
    let mut values = Vec::with_capacity(layout.len());
    for entry in layout.entries() {
        let name = format!("{prefix}{}", entry.name);
        if optional.contains(&entry.name.as_str()) && file.tensor(&name).is_err() {
            values.resize(entry.range().end, 0.0);
            continue;
        }
        let tensor = file.tensor(&name).map_err(|_| format!("the tensor `{name}` is missing"))?;
        let precision = Precision::of(tensor.dtype());
        let Some(precision) = precision.filter(|_| tensor.shape() == entry.shape) else {
            return Err(format!(
                "the tensor `{name}` is {:?} {:?}, but should be F32 or F16 {:?}",
                tensor.dtype(),
                tensor.shape(),
                entry.shape
            ));
        };
        let found = from_bytes(tensor.data(), precision);
        if found.iter().any(|v| !v.is_finite()) {
            return Err(format!("the tensor `{name}` holds numbers that are not finite"));
        }
        values.resize(entry.offset, 0.0);
        values.extend(found);
    }
    values.resize(layout.len(), 0.0);
    Ok(values)
}

/// Values as a file holds them.
pub fn to_bytes(values: &[f32], precision: Precision) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(precision.bytes() * values.len());
    for &value in values {
        match precision {
            Precision::Single => bytes.extend(value.to_le_bytes()),
            Precision::Half => bytes.extend(f16::from_f32(value).to_le_bytes()),
        }
    }
    bytes
}

/// The inverse of [`to_bytes`], as far as that can be undone. Bytes after the last whole number are left out.
pub fn from_bytes(bytes: &[u8], precision: Precision) -> Vec<f32> {
    match precision {
        Precision::Single => bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect(),
        Precision::Half => {
            let halves = bytes.as_chunks().0.iter();
            halves.map(|&b| f16::from_le_bytes(b).to_f32()).collect()
        }
    }
}
