//! A network's parameters as named tensors of a safetensors file. Knows nothing of what else such a
//! file holds, nor of which file it is: refusals are reasons in words for the caller's own error.

use super::params::Layout;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// The parameters in `values` ([layout.len()], little-endian f32 bytes), named `prefix` + name.
pub fn views<'a>(
    prefix: &str,
    layout: &Layout,
    values: &'a [u8],
) -> Result<Vec<(String, TensorView<'a>)>, String> {
    let view = |entry: &super::params::Entry| {
        let range = entry.range();
        let data = &values[range.start * 4..range.end * 4];
        let view = TensorView::new(Dtype::F32, entry.shape.clone(), data);
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
        if tensor.dtype() != Dtype::F32 || tensor.shape() != entry.shape {
            return Err(format!(
                "the tensor `{name}` is {:?} {:?}, but should be F32 {:?}",
                tensor.dtype(),
                tensor.shape(),
                entry.shape
            ));
        }
        let found = from_bytes(tensor.data());
        if found.iter().any(|v| !v.is_finite()) {
            return Err(format!("the tensor `{name}` holds numbers that are not finite"));
        }
        values.resize(entry.offset, 0.0);
        values.extend(found);
    }
    values.resize(layout.len(), 0.0);
    Ok(values)
}

/// Values as a file holds them: four bytes each, little end first.
pub fn to_bytes(values: &[f32]) -> Vec<u8> {
    let mut bytes = vec![0; 4 * values.len()];
    for (bytes, value) in bytes.as_chunks_mut().0.iter_mut().zip(values) {
        *bytes = value.to_le_bytes();
    }
    bytes
}

/// The inverse of [`to_bytes`]. Bytes after the last whole number are left out.
pub fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}
