//! The parameters of a network as one flat vector. A layout names the parts; layers look at the
//! vector through views. One vector per network makes optimiser, moving average, checkpoint and
//! averaging over workers a handful of operations each, whatever the architecture.
//! Knows nothing of layers or of training.

use super::ops::{self, Weight};
use crate::device::tensor;
use crate::rng::normals;
use burn::tensor::{Device, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How a parameter starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    Zeros,
    Ones,
    /// Uniform in ±1/√fan_in, which is He's rule for a leaky slope of √5 (He et al. 2015,
    /// arXiv 1502.01852, eq. 15) and PyTorch's default.
    FanIn(usize),
    /// Normal with the deviation gain/√fan_in: with √2 before a ReLU what flows keeps its size (He et al. 2015,
    /// arXiv 1502.01852, eq. 10).
    Normal {
        fan_in: usize,
        gain: f32,
    },
}

/// One named parameter inside the flat vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub name: String,
    pub shape: Vec<usize>,
    pub offset: usize,
    init: Init,
}

impl Entry {
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// [inputs, outputs] of the matrix that a weight multiplies by, all axes but the last one being inputs;
    /// absent for what is not a weight. Of a transposed convolution a column is the patch that one of its
    /// input channels paints.
    pub fn matrix(&self) -> Option<[usize; 2]> {
        let outputs = if self.shape.len() > 1 { *self.shape.last()? } else { 1 };
        (self.name.ends_with("weight") && outputs > 0).then(|| [self.len() / outputs, outputs])
    }

    /// Where it lies in the flat vector.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// Handle of a parameter within its layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamId(usize);

/// Names, shapes and places of all parameters of a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    entries: Vec<Entry>,
    len: usize,
}

impl Layout {
    pub fn add(&mut self, name: impl Into<String>, shape: &[usize], init: Init) -> ParamId {
        let entry = Entry { name: name.into(), shape: shape.to_vec(), offset: self.len, init };
        self.len += entry.len().next_multiple_of(ops::ALIGNMENT);
        self.entries.push(entry);
        ParamId(self.entries.len() - 1)
    }

    /// Several layouts one after another, the parameters of each named after it.
    pub fn joined<'a>(parts: impl Iterator<Item = (&'a str, &'a Layout)>) -> Self {
        let mut joined = Self::default();
        for (name, part) in parts {
            joined.entries.extend(part.entries.iter().map(|entry| Entry {
                name: format!("{name}.{}", entry.name),
                offset: joined.len + entry.offset,
                ..entry.clone()
            }));
            joined.len += part.len;
        }
        joined
    }

    /// Length of the flat vector. Zeros fill what lies between parameters.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The number of scalar parameters.
    pub fn parameters(&self) -> usize {
        self.entries.iter().map(Entry::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A flat vector of fresh values, [len].
    pub fn initial(&self, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut values = Vec::with_capacity(self.len);
        for entry in &self.entries {
            values.resize(entry.offset, 0.0);
            match entry.init {
                Init::Zeros => values.extend(std::iter::repeat_n(0.0, entry.len())),
                Init::Ones => values.extend(std::iter::repeat_n(1.0, entry.len())),
                Init::FanIn(fan_in) => {
                    let bound = 1.0 / (fan_in as f32).sqrt();
                    values.extend((0..entry.len()).map(|_| rng.random_range(-bound..bound)));
                }
                Init::Normal { fan_in, gain } => {
                    let deviation = gain / (fan_in as f32).sqrt();
                    values.extend(normals(rng, entry.len()).iter().map(|v| v * deviation));
                }
            }
        }
        values.resize(self.len, 0.0);
        values
    }

    /// Views of `flat` ([len]).
    pub fn view(&self, flat: &Tensor<1>) -> Weights {
        Weights {
            parts: (self.entries.iter())
                .map(|e| Weight::new(ops::narrow(flat, e.offset, e.len())))
                .collect(),
            shapes: self.entries.iter().map(|e| e.shape.clone()).collect(),
        }
    }

    /// A gradient to which no parameter has contributed yet.
    pub fn gradient(&self) -> Gradient {
        Gradient { parts: vec![None; self.entries.len()] }
    }

    /// The parts as one vector, [len]: zero where a parameter had no part in the loss. There must be one
    /// that had.
    pub fn flatten(&self, gradient: Gradient) -> Tensor<1> {
        let placed = |(part, entry): (Option<Tensor<1>>, &Entry)| Some((entry.offset, part?));
        let parts = gradient.parts.into_iter().zip(&self.entries).filter_map(placed).collect();
        ops::scatter(parts, self.len)
    }
}

/// A network's parameters as its layers see them.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    parts: Vec<Weight>,
    shapes: Vec<Vec<usize>>,
}

impl Weights {
    /// The parameter in its own shape.
    pub fn get<const D: usize>(&self, id: ParamId) -> Tensor<D> {
        let shape: [usize; D] =
            self.shapes[id.0].as_slice().try_into().expect("a layer asks for the rank it declared");
        self.flat(id).reshape(shape)
    }

    /// The parameter, flattened.
    pub fn flat(&self, id: ParamId) -> Tensor<1> {
        self.parts[id.0].values.clone()
    }

    /// The parameter for what multiplies by it.
    pub fn weight(&self, id: ParamId) -> &Weight {
        &self.parts[id.0]
    }
}

/// A loss's gradient by the parameters, as far as it has been collected.
#[derive(Clone, Debug)]
pub struct Gradient {
    parts: Vec<Option<Tensor<1>>>,
}

impl Gradient {
    /// Adds a layer's contribution, in any shape that flattens to the parameter's.
    pub fn add<const D: usize>(&mut self, id: ParamId, part: Tensor<D>) {
        let part: Tensor<1> = part.flatten(0, D - 1);
        let slot = &mut self.parts[id.0];
        *slot = Some(match slot.take() {
            Some(before) => before + part,
            None => part,
        });
    }
}

/// Moves values to the device as a vector.
pub fn vector(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let n = values.len();
    tensor(values, [n], device)
}

/// Moves values to the device as rows of `columns` values.
pub fn rows(values: Vec<f32>, columns: usize, device: &Device) -> Tensor<2> {
    let n = values.len() / columns;
    tensor(values, [n, columns], device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn gradient_lines_up_with_the_flat_vector() {
        let mut layout = Layout::default();
        let a = layout.add("a", &[2, 2], Init::FanIn(2));
        let _unused = layout.add("unused", &[1], Init::Ones);
        let b = layout.add("b", &[3], Init::Zeros);

        let mut gradient = layout.gradient();
        gradient.add(b, vector(vec![1.0, 2.0, 3.0], &device::cpu()));
        gradient.add(a, rows(vec![4.0, 5.0, 6.0, 7.0], 2, &device::cpu()));
        gradient.add(b, vector(vec![10.0, 20.0, 30.0], &device::cpu()));
        let flat = layout.flatten(gradient);

        let mut expected = vec![0.0; layout.len()];
        expected[..4].copy_from_slice(&[4.0, 5.0, 6.0, 7.0]);
        expected[layout.entries()[2].range()].copy_from_slice(&[11.0, 22.0, 33.0]);
        assert_eq!(flat.into_data().try_to_vec::<f32>().unwrap(), expected);
    }
}
