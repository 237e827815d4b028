//! Names and sizes layers as they are put one after another.

use super::conv::Maps;
use super::stack::{Route, Stack, Step};
use super::{
    Attention, BatchNorm, ConditionalNorm, Constant, Conv, ConvTranspose, Filter, FilterShape,
    GeneratorLayer, Layer, LayerNorm, LeakyRelu, Linear, Modulated, Modulation, Resample, Tanh,
};
use crate::nets::Norm;
use crate::nets::params::{Init, Layout};

/// Adds layers in order, keeping track of the size of what flows between them.
#[derive(Debug)]
pub struct Builder {
    stack: Stack,
    layout: Layout,
    /// Feature maps that flow out of the layers so far; a plain vector has side 1.
    maps: Maps,
    /// Those that were set aside.
    aside: Vec<Maps>,
    /// Values of [`super::Side`]'s styles and noise that the layers so far take.
    styles: usize,
    noise: usize,
}

impl Builder {
    /// Begins with vectors of length `inputs`.
    pub fn vectors(inputs: usize) -> Self {
        Self::of(Maps { channels: inputs, side: 1 })
    }

    /// Begins with feature maps.
    pub fn of(maps: Maps) -> Self {
        Self::after(Layout::default(), maps)
    }

    /// Begins with these maps, and adds to a layout.
    pub fn after(layout: Layout, maps: Maps) -> Self {
        let (stack, aside) = (Stack::default(), Vec::new());
        Self { stack, layout, maps, aside, styles: 0, noise: 0 }
    }

    fn push(mut self, layer: impl Layer + 'static) -> Self {
        self.stack.steps.push(Step::Layer(Box::new(layer)));
        self.stack.memory.add(self.maps.size(), 0, 0);
        self
    }

    /// Notes that the layer just added `keeps` so many values more for its backward pass, and has so many
    /// `within` it at a time, for each sample.
    fn needs_memory(mut self, keeps: usize, within: usize) -> Self {
        let size = self.maps.size();
        self.stack.memory.add(0, keeps, 2 * size + within);
        self
    }

    pub fn linear(mut self, name: &str, outputs: usize) -> Self {
        let layer = Linear::new(&mut self.layout, name, self.maps.size(), outputs);
        self.maps = Maps { channels: outputs, side: 1 };
        self.push(layer)
    }

    /// The same with weights that keep the size of what flows through a leaky ReLU behind it.
    pub fn keeping_linear(self, name: &str, outputs: usize) -> Self {
        let start = Init::Normal { fan_in: self.maps.size(), gain: 2f32.sqrt() };
        self.starting_linear(name, outputs, start, Some(Init::Zeros))
    }

    pub fn unbiased_linear(self, name: &str, outputs: usize) -> Self {
        let start = Init::FanIn(self.maps.size());
        self.starting_linear(name, outputs, start, None)
    }

    fn starting_linear(
        mut self,
        name: &str,
        outputs: usize,
        weight: Init,
        bias: Option<Init>,
    ) -> Self {
        let shape = [self.maps.size(), outputs];
        let layer = Linear::starting(&mut self.layout, name, shape, weight, bias);
        self.maps = Maps { channels: outputs, side: 1 };
        self.push(layer)
    }

    /// Looks at what flows as maps of this side from here on.
    pub fn as_maps(mut self, side: usize) -> Self {
        let channels = self.maps.size() / (side * side);
        self.maps = Maps { channels, side };
        self
    }

    /// Convolution that halves each side.
    pub fn conv(mut self, name: &str, channels: usize) -> Self {
        let layer = Conv::new(&mut self.layout, name, self.maps, channels);
        self.maps = layer.output();
        self.push(layer)
    }

    /// Convolution that keeps the side.
    pub fn filter(mut self, name: &str, shape: FilterShape) -> Self {
        let layer = Filter::new(&mut self.layout, name, self.maps, shape);
        let patches = shape.kernel * shape.kernel * self.maps.size() / shape.groups;
        self.maps = layer.output();
        self.push(layer).needs_memory(0, patches)
    }

    /// Transposed convolution that doubles each side.
    pub fn conv_transpose(self, name: &str, channels: usize) -> Self {
        self.add_conv_transpose(name, channels, true)
    }

    /// The same without a bias: a norm that follows takes it away again.
    pub fn unbiased_conv_transpose(self, name: &str, channels: usize) -> Self {
        self.add_conv_transpose(name, channels, false)
    }

    /// The same, followed by a norm.
    pub fn conv_transpose_normed(self, name: &str, channels: usize, norm: Norm) -> Self {
        self.unbiased_conv_transpose(name, channels).norm(&format!("{name}.norm"), norm)
    }

    fn add_conv_transpose(mut self, name: &str, channels: usize, biased: bool) -> Self {
        let layer = ConvTranspose::new(&mut self.layout, name, self.maps, channels, biased);
        self.maps = layer.output();
        self.push(layer)
    }

    /// Bilinear upsampling by 2.
    pub fn upsample(self) -> Self {
        let layer = Resample::upsample(self.maps);
        self.resampled(layer)
    }

    /// Bilinear downsampling by 2.
    pub fn downsample(self) -> Self {
        let layer = Resample::downsample(self.maps);
        self.resampled(layer)
    }

    /// The mean of all pixels.
    pub fn mean_pool(self) -> Self {
        let layer = Resample::mean(self.maps);
        self.resampled(layer)
    }

    fn resampled(mut self, layer: Resample) -> Self {
        self.maps = layer.output();
        self.push(layer)
    }

    pub fn norm(mut self, name: &str, norm: Norm) -> Self {
        let size = self.maps.size();
        match norm {
            Norm::Batch => {
                let layer = BatchNorm::new(&mut self.layout, name, self.maps);
                self.push(layer).needs_memory(0, size)
            }
            Norm::Layer => {
                let layer = LayerNorm::new(&mut self.layout, name, self.maps);
                self.push(layer).needs_memory(size, 0)
            }
        }
    }

    fn push_generator(mut self, layer: impl GeneratorLayer + 'static) -> Self {
        self.stack.steps.push(Step::Generator(Box::new(layer)));
        self.stack.memory.add(self.maps.size(), 0, 0);
        self
    }

    /// Learned maps, whatever flowed so far.
    pub fn constant(mut self, name: &str, maps: Maps) -> Self {
        let layer = Constant::new(&mut self.layout, name, self.maps.size(), maps);
        self.maps = maps;
        self.push(layer)
    }

    /// A convolution modulated by a style of this length.
    pub fn modulated(
        mut self,
        name: &str,
        channels: usize,
        kind: Modulation,
        length: usize,
    ) -> Self {
        let (style, noise) = ([self.styles, length], self.noise);
        let layer = Modulated::new(&mut self.layout, name, self.maps, channels, kind, style, noise);
        self.styles += length;
        self.noise += layer.noise();
        let patches = if kind == Modulation::Keep { 9 * self.maps.size() } else { 0 };
        self.maps = layer.output();
        let size = self.maps.size();
        self.push_generator(layer).needs_memory(size, patches)
    }

    /// A batch norm scaled and shifted by a style of this length.
    pub fn conditional_norm(mut self, name: &str, length: usize) -> Self {
        let layer = ConditionalNorm::new(&mut self.layout, name, self.maps, [self.styles, length]);
        self.styles += length;
        let size = self.maps.size();
        self.push_generator(layer).needs_memory(size, size)
    }

    pub fn attention(mut self, name: &str) -> Self {
        let layer = Attention::new(&mut self.layout, name, self.maps);
        // Query, key, value, what is attended to, and how much each place looks at each.
        let (size, places) = (self.maps.size(), self.maps.side * self.maps.side);
        let keeps = 9 * size / 4 + places * places;
        self.push_generator(layer).needs_memory(keeps, keeps)
    }

    pub fn relu(self) -> Self {
        self.push(LeakyRelu { slope: 0.0 })
    }

    /// Slope 0.2, as DCGAN's discriminator.
    pub fn leaky_relu(self) -> Self {
        self.push(LeakyRelu { slope: 0.2 })
    }

    pub fn tanh(self) -> Self {
        self.push(Tanh)
    }

    /// Adds to what flows what `branch` makes of it, in the same size.
    pub fn residual(self, branch: impl FnOnce(Self) -> Self) -> Self {
        branch(self.fork()).join(0)
    }

    /// Sets a copy aside.
    pub fn fork(mut self) -> Self {
        self.aside.push(self.maps);
        self.route(Route::Fork)
    }

    /// Goes on with what was set aside last, and sets aside what flows.
    pub fn exchange(mut self) -> Self {
        if let Some(maps) = self.aside.last_mut() {
            std::mem::swap(maps, &mut self.maps);
        }
        self.route(Route::Exchange)
    }

    /// Adds what was set aside, `below` others that were set aside later.
    pub fn join(mut self, below: usize) -> Self {
        let maps = self.aside.remove(self.aside.len() - 1 - below);
        debug_assert_eq!(maps, self.maps, "only what has the same size can be added");
        self.route(Route::Join { below })
    }

    fn route(mut self, route: Route) -> Self {
        self.stack.steps.push(Step::Route(route));
        self
    }

    /// Output features of the layers so far.
    pub fn outputs(&self) -> usize {
        self.maps.size()
    }

    /// Values of [`super::Side`]'s styles that the layers so far take.
    pub fn styles(&self) -> usize {
        self.styles
    }

    /// Values of [`super::Side`]'s noise that the layers so far take.
    pub fn noise(&self) -> usize {
        self.noise
    }

    pub fn finish(self) -> (Stack, Layout) {
        (self.stack, self.layout)
    }
}
