//! Ten steps of the `dcgan` preset against PyTorch, with each optimiser, of `wgan-gp`, `r3gan`, `sketch`, `super`,
//! `zebra` and `moco`: from the same weights, on the same pictures, sources, labels, latents, points of the penalty and
//! frames, to the same losses and weights.
//! `tests/references/parity.py` has PyTorch take them; it reads what `GANVAS_PARITY=FOLDER cargo test parity::` writes.

use crate::common::close;
use crate::common::training::{train, trainer};
use ganvas::data::{Base, DatasetKind, PIXELS, Source};
use ganvas::gan::game::JUDGED_FRAMES;
use ganvas::gan::penalty::Points;
use ganvas::recipe::{Described, OptimiserKind, Recipe, presets};
use ganvas::rng::{Stream, normals, stream};
use ganvas::train::Trainer;
use pollster::block_on;
use rand::RngExt;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};

const STEPS: u64 = 10;
/// A hundredth of one step of Adam. Rounding stays below, which is another on each kind of processor, and adds up
/// with the layers: of `r3gan`, which has most, 1.5e-5 to 4.5e-5 is left.
const APART: f32 = 1e-5;
const APART_IF_DEEP: f32 = 1e-4;
/// Of `zebra` a judge's bias may have, while its unit is on one side of the kink for every picture, a gradient of 0 but
/// for rounding, of which Adam makes steps: 6e-5 is left of it, where others come within 4e-7. And absolute differences
/// bend at 0, for as many pixels as go there and back.
const APART_IF_BENT: f32 = 1e-3;

/// As small as it can be, and gentle, so that rounding is not blown up: what is compared are formulas.
fn recipe(preset: &str) -> Recipe {
    let preset = presets().into_iter().find(|p| p.name == preset);
    let mut recipe = preset.expect("the preset").recipe;
    (recipe.dataset, recipe.batch) = (DatasetKind::Drawn, 16);
    recipe.latent = recipe.generator.network.least_latent().max(4);
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        (player.width, player.optimiser.lr) = (4, 1e-3);
    }
    recipe.d_hidden = recipe.d_hidden.min(8);
    // One-hot rows beside the latent are only more inputs of the first layer.
    recipe.codes.categorical = false;
    recipe
}

/// By the name of their references. `dcgan` with Adam as the preset has it but for its rate; with the other
/// optimisers with momentum and clipped gradients too.
fn recipes() -> Vec<(String, Recipe)> {
    let mut r3gan = recipe("r3gan");
    // Wide enough for more than one group of channels.
    r3gan.discriminator.width = 8;
    let mut recipes = vec![("r3gan".into(), r3gan)];
    for preset in ["wgan-gp", "sketch", "super", "zebra", "moco"] {
        recipes.push((preset.into(), recipe(preset)));
    }
    for &kind in OptimiserKind::ALL {
        let mut recipe = recipe("dcgan");
        recipe.penalty.gamma = 1.0;
        for player in [&mut recipe.generator, &mut recipe.discriminator] {
            player.optimiser.kind = kind;
            player.optimiser.weight_decay = 1.0;
            if kind != OptimiserKind::Adam {
                (player.optimiser.beta1, player.clip) = (0.5, 0.1);
            }
            if kind == OptimiserKind::Sgd {
                player.optimiser.lr = 0.1;
            }
        }
        let name = serde_json::to_value(kind).expect("a name");
        recipes.push((name.as_str().expect("a name").into(), recipe));
    }
    recipes
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

/// For `parity.py`: pictures as bytes, [steps, batch, picture size], what they are to be drawn from, [steps, batch,
/// source size], which is 0 where nothing is translated, labels, [steps, batch], latents, [steps, batch, latent], how far
/// the penalty's points lie from fakes to real pictures, [steps, batch, 1], and which frame of films is the first that is judged, [steps].
fn batches(recipe: &Recipe) -> Vec<u8> {
    let mut source = Source::new(Base::Drawn);
    let [mut images, mut sources, mut labels, mut frames] = [const { Vec::new() }; 4];
    let [mut z, mut chance] = [Vec::new(), Vec::new()];
    for index in 0..STEPS {
        let samples = source.batch(recipe.data(), recipe.seed, index, recipe.batch);
        let samples = samples.expect("drawn");
        images.extend_from_slice(samples.target.bytes());
        sources.extend(samples.source.unwrap_or_default());
        labels.extend(samples.labels);
        let mut rng = stream(recipe.seed, Stream::Frame, index);
        frames.push(rng.random_range(0..recipe.picture().channels.div_ceil(JUDGED_FRAMES)) as u8);
        let mut rng = stream(recipe.seed, Stream::Latents, index);
        z.extend(normals(&mut rng, recipe.batch * recipe.latent));
        for place in index * recipe.batch as u64..(index + 1) * recipe.batch as u64 {
            let mut rng = stream(recipe.seed, Stream::PenaltyPoints, place);
            chance.extend(Points::Between.chance(PIXELS, &mut rng));
        }
    }
    let [z, chance] =
        [z, chance].map(|v| v.iter().flat_map(|v: &f32| v.to_le_bytes()).collect::<Vec<u8>>());
    let of = |dtype, step: &[usize], bytes| {
        let shape = [&[STEPS as usize], step].concat();
        TensorView::new(dtype, shape, bytes).expect("a view")
    };
    let (batch, samples) = (recipe.batch, labels.len());
    let views = [
        ("images", of(Dtype::U8, &[batch, images.len() / samples], &images)),
        ("sources", of(Dtype::U8, &[batch, sources.len() / samples], &sources)),
        ("labels", of(Dtype::U8, &[batch], &labels)),
        ("z", of(Dtype::F32, &[batch, recipe.latent], &z)),
        ("chance", of(Dtype::F32, &[batch, 1], &chance)),
        ("frames", of(Dtype::U8, &[], &frames)),
    ];
    serialize(views, None).expect("safetensors")
}

#[test]
fn ten_steps_are_pytorchs() {
    let folder = std::env::var_os("GANVAS_PARITY").map(std::path::PathBuf::from);
    let reference = SafeTensors::deserialize(include_bytes!("references/parity.safetensors"));
    let reference = reference.expect("safetensors");
    for (name, recipe) in recipes() {
        let mut trainer = trainer(&recipe);
        let start = block_on(trainer.checkpoint()).expect("a checkpoint");
        if let Some(folder) = &folder {
            for (of, bytes) in [("start", start), ("batches", batches(&recipe))] {
                let file = folder.join(format!("{name}.{of}.safetensors"));
                std::fs::write(file, bytes).expect("written");
            }
            continue;
        }
        train(&mut trainer, STEPS);
        compare(&name, &mut trainer, &reference);
    }
}

fn compare(name: &str, trainer: &mut Trainer, reference: &SafeTensors) {
    let apart = match name {
        "r3gan" => APART_IF_DEEP,
        "zebra" => APART_IF_BENT,
        _ => APART,
    };
    let expected =
        |of: &str| numbers(reference.tensor(&format!("{name}.{of}")).expect("there").data());
    // Each discriminator's, the generators' and, where that has several terms, each.
    let listed = trainer.recipe().game().figures();
    let reports = block_on(trainer.reports()).expect("finite");
    let figures = reports.iter().flat_map(|report| listed.iter().zip(&report.figures));
    let losses = figures.filter(|(figure, _)| !figure.is_logit());
    let losses: Vec<f32> = losses.map(|(_, loss)| loss.expect("of both")).collect();
    let losses = close(&format!("{name}, losses"), &losses, &expected("losses"), apart);
    let end = block_on(trainer.checkpoint()).expect("a checkpoint");
    let end = SafeTensors::deserialize(&end).expect("safetensors");
    let (mut compared, mut most) = (1, 0.0f32);
    for (tensor, view) in end.iter().filter(|(tensor, _)| !tensor.contains(".optimiser.")) {
        let what = format!("{name}, {tensor}");
        most = most.max(close(&what, &numbers(view.data()), &expected(tensor), apart));
        compared += 1;
    }
    let mine = |of: &&str| of.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    assert_eq!(compared, reference.names().into_iter().filter(mine).count(), "{name}");
    println!("{name}: losses at most {losses:e} apart, weights {most:e}");
}
