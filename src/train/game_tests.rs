//! Games of several networks: each side's gradient against differences of the loss that it reports, and the terms that it
//! adds up from. (`tests/gradients.rs` does so for each network of the classic game, number by number.)

use super::nets::Nets;
use super::work::Work;
use crate::data::{DatasetKind, Source};
use crate::device;
use crate::gan::game::Side;
use crate::gan::{Figure, GameKind, Objective, PenaltyKind};
use crate::nets::params::vector;
use crate::recipe::{Recipe, presets};
use crate::rng::{Stream, normals, stream};
use burn::tensor::Tensor;

fn numbers(t: Tensor<1>) -> Vec<f32> {
    t.into_data().try_into_vec::<f32>().expect("f32")
}

/// A preset, small, where no paired loss bends.
fn small(preset: &str) -> Recipe {
    let preset = presets().into_iter().find(|row| row.name == preset).expect("a preset");
    let mut recipe = Recipe { dataset: DatasetKind::Drawn, batch: 3, ..preset.recipe };
    (recipe.generator.width, recipe.discriminator.width, recipe.latent) = (6, 5, 12);
    recipe.objective = Objective::Wasserstein;
    // Each network is held to differences with every penalty elsewhere.
    recipe.penalty.kind = PenaltyKind::None;
    recipe
}

/// Of a side: what it reports, by figure, and its gradient.
fn step(nets: &Nets, recipe: &Recipe, side: Side, [g, d]: [&[f32]; 2]) -> (Vec<f32>, Vec<f32>) {
    let samples = Source::new(recipe.dataset.base()).batch(recipe.data(), 1, 5, recipe.batch);
    let mut work = Work::new(recipe.clone(), None, 5, samples.expect("drawn"), 0, recipe.batch);
    let view = |values: &[f32]| vector(values.to_vec(), &nets.device);
    let (g, d) = (nets.g.view(&view(g)), nets.d.view(&view(d)));
    let places = 0..recipe.batch;
    let step = match side {
        Side::Generator => work.generators(nets, [&g, &d], &places),
        Side::Discriminator => work.discriminators(nets, [&g, &d], &places),
    };
    (numbers(step.figures), numbers(step.gradient))
}

/// The loss of a side: of discriminators the sum over all of them.
fn loss(recipe: &Recipe, side: Side, figures: &[f32]) -> f64 {
    let listed: Vec<Figure> =
        recipe.game().figures().into_iter().filter(|figure| figure.side() == side).collect();
    assert_eq!(listed.len(), figures.len(), "{listed:?}");
    let is_loss = |figure: Figure| match side {
        Side::Generator => figure == Figure::GLoss,
        Side::Discriminator => !figure.is_logit(),
    };
    let losses = listed.iter().zip(figures).filter(|(figure, _)| is_loss(**figure));
    losses.map(|(_, &value)| f64::from(value)).sum()
}

#[test]
fn games_of_several_networks_step_along_their_losses() {
    for preset in ["zebra", "moco", "writing"] {
        let recipe = small(preset);
        let nets = Nets::new(recipe.clone(), device::cpu()).expect("networks");
        // Away from where a bias starts, at 0.
        let start = |layout: &crate::nets::params::Layout, of| {
            let noise = normals(&mut stream(9, of, 1), layout.len());
            let values = layout.initial(&mut stream(3, of, 0));
            values.iter().zip(noise).map(|(value, z)| value + 0.02 * z).collect::<Vec<f32>>()
        };
        let g = start(&nets.g.whole, Stream::GeneratorInit);
        let d = start(&nets.d.whole, Stream::DiscriminatorInit);
        for side in [Side::Discriminator, Side::Generator] {
            let (figures, gradient) = step(&nets, &recipe, side, [&g, &d]);
            let length = gradient.iter().map(|v| f64::from(v * v)).sum::<f64>().sqrt();
            assert!(length > 1e-3, "{preset}, {side:?}: nothing to learn");
            // Along the gradient, and along a direction in which every network moves.
            let other = normals(&mut stream(4, Stream::Samples, 0), gradient.len());
            let other_length = other.iter().map(|v| f64::from(v * v)).sum::<f64>().sqrt();
            let mixed: Vec<f64> = gradient
                .iter()
                .zip(&other)
                .map(|(g, o)| f64::from(*g) / length + 0.5 * f64::from(*o) / other_length)
                .collect();
            for along in [gradient.iter().map(|v| f64::from(*v) / length).collect(), mixed] {
                let moved = |by: f64| {
                    let mut own = [g.clone(), d.clone()];
                    let place = if side == Side::Generator { 0 } else { 1 };
                    for (value, along) in own[place].iter_mut().zip(&along) {
                        *value += (by * along) as f32;
                    }
                    let (figures, _) = step(&nets, &recipe, side, [&own[0], &own[1]]);
                    loss(&recipe, side, &figures)
                };
                let by = 2e-3;
                let found = (moved(by) - moved(-by)) / (2.0 * by);
                let said: f64 = gradient.iter().zip(&along).map(|(g, a)| f64::from(*g) * a).sum();
                assert!(
                    (found - said).abs() < 0.03 * length,
                    "{preset}, {side:?}: {found} by differences, {said} by the gradient"
                );
            }
            if side == Side::Generator {
                // Its loss is that of its terms, by their weights.
                let weights: Vec<f64> = match recipe.game {
                    GameKind::Cycle => vec![1.0, 1.0, recipe.cycle, recipe.cycle],
                    _ => vec![1.0, 1.0],
                };
                let terms = figures[1..].iter().zip(&weights).map(|(v, w)| f64::from(*v) * w);
                assert!((f64::from(figures[0]) - terms.sum::<f64>()).abs() < 1e-4, "{figures:?}");
            }
        }
    }
}
