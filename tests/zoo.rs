//! Presets that are meant to fail really do, in the way that their summaries say.

use crate::common::training::{source, train_to, trainer};
use crate::common::{LossPoint, reports};
use ganvas::data::{DatasetKind, PIXELS, SIDE};
use ganvas::recipe::{Penalty, PenaltyKind, Recipe, presets};
use ganvas::rng::Stream;
use ganvas::train::{Inputs, Trainer, in_rotation};
use pollster::block_on;
use std::f64::consts::TAU;

/// Some steps of a preset on drawn digits, and what each of them came to.
fn run(name: &str, steps: u64, change: impl FnOnce(&mut Recipe)) -> (Trainer, Vec<LossPoint>) {
    let preset = presets().into_iter().find(|preset| preset.name == name).expect("a preset");
    let mut recipe = preset.recipe;
    recipe.dataset = DatasetKind::Drawn;
    change(&mut recipe);
    let (mut source, mut trainer) = (source(recipe.dataset), trainer(&recipe));
    train_to(&mut trainer, &mut source, steps);
    let points = reports(&mut trainer);
    (trainer, points)
}

/// The last of them.
fn end(name: &str, steps: u64, change: impl FnOnce(&mut Recipe)) -> LossPoint {
    *run(name, steps, change).1.last().expect("a step")
}

#[test]
fn a_sure_judge_leaves_minimax_without_a_slope_and_the_other_loss_with_one() {
    use ganvas::recipe::Objective::NonSaturating;
    let g_loss = |point: LossPoint| point.g_loss.expect("a step of both");
    let vanished = g_loss(end("minimax-vanishing", 60, |_| {}));
    assert!(vanished.abs() < 0.01, "{vanished}");
    let mended = g_loss(end("minimax-vanishing", 60, |r| r.objective = NonSaturating));
    assert!(mended > 1.0, "{mended}");
}

#[test]
fn a_critic_without_bounds_grows_and_a_clipped_one_does_not() {
    let score = |(_, points): (Trainer, Vec<LossPoint>)| {
        points.iter().filter_map(|point| point.d_real).map(f32::abs).fold(0.0, f32::max)
    };
    let free = score(run("wgan-unconstrained", 80, |_| {}));
    let held = score(run("wgan-unconstrained", 80, |r| r.weight_clip = 0.1));
    assert!(free > 5_000.0 && held < 1_500.0, "{free}, clipped {held}");
}

/// How many times the mean power of its eight neighbours a frequency has in the spectrum of 200 drawings.
fn sticks_out(trainer: &mut Trainer, down: usize, across: usize) -> f64 {
    const COUNT: usize = 200;
    let latents = trainer.latents(Stream::Samples, 1, COUNT);
    let drawings =
        block_on(trainer.sample(Inputs::Noise { latents: &latents, labels: &in_rotation(COUNT) }))
            .expect("the CPU");
    let power = |down: usize, across: usize| -> f64 {
        let of_one = |pixels: &[u8]| {
            let waves = pixels.iter().enumerate().map(|(i, &pixel)| {
                let turns = (down * (i / SIDE) + across * (i % SIDE)) as f64 / SIDE as f64;
                let (sin, cos) = (TAU * turns).sin_cos();
                (f64::from(pixel) * cos, f64::from(pixel) * sin)
            });
            let (re, im) = waves.fold((0.0, 0.0), |(re, im), (c, s)| (re + c, im + s));
            re * re + im * im
        };
        drawings.chunks_exact(PIXELS).map(of_one).sum()
    };
    // Frequencies go round: one below 0 is SIDE − 1.
    let near = |at: usize| [(at + SIDE - 1) % SIDE, at, (at + 1) % SIDE];
    let around: f64 = near(down).into_iter().flat_map(|d| near(across).map(|a| power(d, a))).sum();
    let here = power(down, across);
    here / ((around - here) / 8.0)
}

#[test]
fn a_swinging_judge_teaches_a_checkerboard_and_a_calm_one_does_not() {
    // Two and four pixels down, across and both ways.
    let lattice = |trainer: &mut Trainer| {
        let places = [(14, 0), (0, 14), (14, 14), (7, 0), (0, 7), (7, 7)];
        places
            .map(|(down, across)| sticks_out(trainer, down, across))
            .into_iter()
            .fold(0.0, f64::max)
    };
    // It comes and goes: the strongest of three looks.
    let strongest = |change: fn(&mut Recipe)| {
        let (mut trainer, _) = run("checkerboard", 100, change);
        let looks = [100, 150, 200].map(|step| {
            train_to(&mut trainer, &mut source(DatasetKind::Drawn), step);
            lattice(&mut trainer)
        });
        looks.into_iter().fold(0.0, f64::max)
    };
    let swinging = strongest(|_| {});
    let calm = strongest(|r| {
        (r.discriminator.optimiser.beta1, r.discriminator.optimiser.lr) = (0.0, 4e-3);
    });
    assert!(swinging > 6.0 && calm < 4.0, "{swinging}, calm {calm}");
}

#[test]
fn r1_alone_blows_up_at_a_pace_and_slower_players_do_not() {
    let worst = |(_, points): (Trainer, Vec<LossPoint>)| {
        points.iter().filter_map(|point| point.d_loss).fold(0.0, f32::max)
    };
    let fast = worst(run("r1-alone", 200, |_| {}));
    let slow = worst(run("r1-alone", 200, |r| {
        for player in [&mut r.generator, &mut r.discriminator] {
            player.optimiser.lr = 6e-3;
        }
    }));
    // How high it goes hangs on the last bits, and so on the kind of processor.
    assert!(fast > 30.0 && slow < 10.0, "{fast}, slower {slow}");
}

#[test]
fn a_judge_far_too_strong_is_sure_and_a_weaker_one_is_not() {
    let d_loss = |point: LossPoint| point.d_loss.expect("a step of both");
    let gap = |point: LossPoint| point.d_real.zip(point.d_fake).map_or(0.0, |(r, f)| r - f);
    let sure = end("judge-too-strong", 40, |_| {});
    let fair = end("judge-too-strong", 40, |r| {
        (r.penalty, r.d_steps) = (Penalty { kind: PenaltyKind::R1, gamma: 0.3 }, 1);
        (r.generator.optimiser.lr, r.discriminator.optimiser.lr) = (8e-3, 4e-3);
    });
    assert!(d_loss(sure) < 0.1 && gap(sure) > 20.0, "{sure:?}");
    assert!(d_loss(fair) > 0.3 && gap(fair) < 10.0, "{fair:?}");
}
