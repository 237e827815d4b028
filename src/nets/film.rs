//! Generators of films: a latent path through time, of which one network draws every frame.
//!
//! Deviations from both papers: a path of a few frames comes at once from a perceptron, not step by step from a recurrent
//! network (MoCoGAN) or from transposed convolutions along time (TGAN); frames are drawn as DCGAN does.

use super::generator::{LABEL_SCALE, Latents};
use super::graph::Flow;
use super::{Norm, dcgan};
use crate::shape::Shape;

/// The last values of a latent, which decide the motion in MoCoGAN.
pub const MOTION: usize = 8;
/// Hidden units on the way to the path.
const HIDDEN: usize = 64;
/// Numbers that a frame is told beside the content.
const POSE: usize = 16;

/// MoCoGAN (Tulyakov et al. 2018, arXiv 1707.04993, section 3): content is the same in all frames, and a path of its own
/// moves it.
pub fn mocogan<'g>(of: Latents<'g>, width: usize, norm: Norm, film: Shape) -> Flow<'g> {
    let parts = of.latent.split(&[of.latent.size().saturating_sub(MOTION), MOTION]);
    let content = match of.labels {
        Some(labels) => parts[0].concat_times(labels, LABEL_SCALE),
        None => parts[0],
    };
    drawn(content, parts[1], width, norm, film)
}

/// TGAN (Saito et al. 2017, arXiv 1611.06624, section 3): the path comes of the whole latent, which every frame sees, too.
pub fn tgan<'g>(of: Latents<'g>, width: usize, norm: Norm, film: Shape) -> Flow<'g> {
    drawn(of.concat(), of.concat(), width, norm, film)
}

fn drawn<'g>(
    content: Flow<'g>,
    motion: Flow<'g>,
    width: usize,
    norm: Norm,
    film: Shape,
) -> Flow<'g> {
    let frames = film.channels;
    let path = motion.keeping_linear("motion.hidden", HIDDEN).leaky_relu();
    let poses = path.linear("motion.path", frames * POSE).split(&vec![POSE; frames]);
    let mut seen = poses.into_iter().map(|pose| content.concat(pose));
    let first = seen.next().unwrap_or(content);
    let all = seen.fold(first, Flow::concat);
    dcgan::generator(all.unrolled(frames), width, norm, film.of(1)).as_film(frames)
}
