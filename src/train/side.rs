//! The networks of one side of a game in one flat vector, one after another.

use crate::nets::ops;
use crate::nets::params::{Layout, Weights};
use burn::tensor::Tensor;

/// Where the parameters of a side's networks lie. A side of one network has that network's own layout, so that its
/// checkpoints need not know of games with several.
pub struct SideLayout {
    /// Of all of them, named `network.parameter` if there are several.
    pub whole: Layout,
    networks: Vec<Layout>,
}

impl SideLayout {
    pub fn new(names: &[&str], networks: Vec<Layout>) -> Self {
        let whole = match networks.as_slice() {
            [only] => only.clone(),
            several => Layout::joined(names.iter().copied().zip(several)),
        };
        Self { whole, networks }
    }

    /// The weights of each network in `flat`, [parameters of all].
    pub fn view(&self, flat: &Tensor<1>) -> Vec<Weights> {
        let mut offset = 0;
        let view = |layout: &Layout| {
            let from = offset;
            offset += layout.len();
            match self.networks.len() {
                1 => layout.view(flat),
                _ => layout.view(&ops::narrow(flat, from, layout.len())),
            }
        };
        self.networks.iter().map(view).collect()
    }
}
