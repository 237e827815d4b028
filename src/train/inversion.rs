//! Inversion: the latent whose drawing is nearest to a given picture, by gradient descent on latents (Zhu et al. 2016,
//! arXiv 1609.03552, section 3.1; projection in Karras et al. 2020, arXiv 1912.04958, section 5). The weights stay.

use super::optimiser::OptimiserState;
use super::sampling::{Frozen, Inputs, in_rotation};
use super::trainer::Trainer;
use crate::device::read;
use crate::error::Result;
use crate::nets::params::vector;
use crate::recipe::{Optimiser, OptimiserKind};
use crate::rng::{Stream, normals, stream};
use burn::tensor::Tensor;

/// Latents that are drawn by chance; the nearest of them are where descents begin.
const CANDIDATES: usize = 400;
/// Descents side by side.
const DESCENTS: usize = 16;
/// Steps between two looks at what has come of them.
const STEPS_PER_LOOK: u32 = 5;
/// Looks until it is over.
pub const LOOKS: u32 = 20;
/// How fast a latent moves, by Adam.
const RATE: f64 = 0.1;
/// Weight of the latent's mean square beside the picture's: it keeps latents to where a run draws them from.
const PRIOR: f32 = 0.01;

/// The nearest drawing so far.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    pub latent: Vec<f32>,
    pub label: u8,
    /// The drawing's bytes.
    pub pixels: Vec<u8>,
    /// Root mean square of the difference of pixels, 0 for none to 1 for black against white.
    pub distance: f64,
}

/// A search under way. It takes the generator as it was when it began.
pub struct Inversion {
    frozen: Frozen,
    /// The picture's bytes.
    wanted: Vec<u8>,
    /// The descents' latents, row by row in one, and what Adam has gathered of each number.
    latents: Tensor<1>,
    labels: Vec<u8>,
    optimiser: OptimiserState,
    pub looks: u32,
    pub nearest: Nearest,
}

impl Inversion {
    /// Draws [`CANDIDATES`] by chance, the classes in rotation, and takes the nearest. `wanted`: a picture in the shape
    /// of the run's.
    ///
    /// # Errors
    /// As [`Frozen::sample`].
    pub async fn begin(trainer: &Trainer, wanted: Vec<u8>, seed: u64) -> Result<Self> {
        let size = trainer.recipe().latent;
        let latents = normals(&mut stream(seed, Stream::Inversion, 0), CANDIDATES * size);
        let labels = in_rotation(CANDIDATES);
        let mut frozen = trainer.freeze();
        let inputs = Inputs::Noise { latents: &latents, labels: &labels };
        let drawn = frozen.sample(trainer, inputs, 1.0).await?;
        let mut left = distances(&drawn, &wanted);
        let (mut began, mut asked) = (Vec::with_capacity(DESCENTS * size), Vec::new());
        for _ in 0..DESCENTS {
            let (i, _) = least(&left);
            left[i] = f64::INFINITY;
            began.extend_from_slice(&latents[i * size..(i + 1) * size]);
            asked.push(labels[i]);
        }
        let device = &trainer.nets.device;
        let mut inversion = Self {
            frozen,
            wanted,
            latents: vector(began, device),
            labels: asked,
            optimiser: OptimiserState::default(),
            looks: 0,
            nearest: Nearest { distance: f64::INFINITY, ..Nearest::default() },
        };
        inversion.look(trainer).await?;
        Ok(inversion)
    }

    /// Some steps, and a look; false once it is over.
    ///
    /// # Errors
    /// As [`Frozen::sample`].
    pub async fn advance(&mut self, trainer: &Trainer) -> Result<bool> {
        for _ in 0..STEPS_PER_LOOK {
            self.step(trainer);
        }
        self.looks += 1;
        self.look(trainer).await?;
        Ok(self.looks < LOOKS)
    }

    /// One step of each descent on the mean square difference of its drawing's pixels, in [-1, 1], and the prior. Where
    /// batch norm couples a batch, the slope is that of the descents as one.
    fn step(&mut self, trainer: &Trainer) {
        let size = trainer.recipe().latent;
        let z: Tensor<2> = self.latents.clone().reshape([DESCENTS, size]);
        let input = trainer.latent_input(z.clone(), &self.labels);
        let (generator, weights) = (&trainer.nets.generators[0], self.frozen.generator());
        let drawn = generator.draw(weights, &input);
        let wanted = crate::nets::inputs::pictures(&self.wanted, self.wanted.len(), &z.device());
        let by_pixels = (drawn.y.clone() - wanted) * (2.0 / self.wanted.len() as f32);
        let by_latents =
            generator.by_latents(weights, &drawn, by_pixels) + z * (2.0 * PRIOR / size as f32);
        let rates = Optimiser {
            kind: OptimiserKind::Adam,
            lr: RATE,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.0,
        };
        let gradient: Tensor<1> = by_latents.flatten(0, 1);
        self.latents = self.optimiser.update(&rates, self.latents.clone(), gradient);
    }

    /// Draws what the descents have come to as a visitor would see it, and keeps the nearest.
    async fn look(&mut self, trainer: &Trainer) -> Result<()> {
        let size = trainer.recipe().latent;
        let latents = read(self.latents.clone().reshape([DESCENTS, size])).await?;
        let inputs = Inputs::Noise { latents: &latents, labels: &self.labels };
        let drawn = self.frozen.sample(trainer, inputs, 1.0).await?;
        let (i, distance) = least(&distances(&drawn, &self.wanted));
        if distance < self.nearest.distance {
            let picture = self.wanted.len();
            self.nearest = Nearest {
                latent: latents[i * size..(i + 1) * size].to_vec(),
                label: self.labels[i],
                pixels: drawn[i * picture..(i + 1) * picture].to_vec(),
                distance,
            };
        }
        Ok(())
    }
}

/// How far each picture is from the wanted one.
fn distances(pictures: &[u8], wanted: &[u8]) -> Vec<f64> {
    let of = |picture: &[u8]| {
        let mut sum = 0.0;
        for (&a, &b) in picture.iter().zip(wanted) {
            sum += (f64::from(a) - f64::from(b)).powi(2);
        }
        (sum / wanted.len() as f64).sqrt() / 255.0
    };
    pictures.chunks_exact(wanted.len()).map(of).collect()
}

/// The least of these numbers, and where it stands.
fn least(numbers: &[f64]) -> (usize, f64) {
    let mut found = (0, f64::INFINITY);
    for (i, &number) in numbers.iter().enumerate() {
        if number < found.1 {
            found = (i, number);
        }
    }
    found
}
