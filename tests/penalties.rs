//! Every penalty at every discriminator against PyTorch's double backward: its value and its gradient by the
//! weights. `tests/references/penalties.py` has autograd take them; it reads what
//! `GANVAS_PENALTIES=FOLDER cargo test penalties::` writes.

use crate::common::networks;
use burn::tensor::Tensor;
use ganvas::data::{CLASSES, PIXELS};
use ganvas::device;
use ganvas::gan::penalty::Points;
use ganvas::nets::params::{rows, vector};
use ganvas::nets::{Architecture, Discriminator};
use ganvas::recipe::{
    Conditioning, Described, Objective, Penalty, PenaltyKind, Recipe, default_recipe,
};
use ganvas::rng::{Stream, normals, stream};
use ganvas::train::step::{Batch, discriminator_step};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::path::Path;

const SAMPLES: usize = 3;
const GAMMA: f64 = 2.0;

/// All that cannot be made of others.
fn kinds() -> impl Iterator<Item = PenaltyKind> {
    let made = [PenaltyKind::None, PenaltyKind::R1R2];
    PenaltyKind::ALL.iter().copied().filter(move |kind| !made.contains(kind))
}

/// By the name of their references: each network, each way of telling it the class, and a hidden layer.
fn recipes() -> Vec<(String, Recipe)> {
    let mut recipes = Vec::new();
    for &network in Architecture::ALL.iter().filter(|network| network.draws()) {
        // So wide that a residual network has groups.
        let width = if network == Architecture::Residual { 8 } else { 3 };
        let mut recipe = default_recipe();
        // One that adds nothing to the second derivatives.
        recipe.objective = Objective::Wasserstein;
        recipe.conditional = false;
        (recipe.discriminator.network, recipe.discriminator.width) = (network, width);
        recipes.push((name(network), recipe));
    }
    for conditioning in [Conditioning::Projection, Conditioning::Concatenation] {
        let mut recipe = recipes[0].1.clone();
        (recipe.conditional, recipe.conditioning) = (true, conditioning);
        recipes.push((name(conditioning), recipe));
    }
    recipes.push(("hidden".into(), Recipe { d_hidden: 5, ..recipes[0].1.clone() }));
    recipes
}

fn name(of: impl serde::Serialize) -> String {
    let name = serde_json::to_value(of).expect("a name");
    name.as_str().expect("a name").into()
}

fn weights(discriminator: &Discriminator) -> Vec<f32> {
    let mut weights = discriminator.layout.initial(&mut stream(2, Stream::DiscriminatorInit, 0));
    // Slopes near 1, where the penalties differ most.
    weights.iter_mut().for_each(|w| *w *= 1.5);
    weights
}

/// Numbers of a stream of their own, [SAMPLES, columns].
fn drawn(salt: u64, columns: usize) -> Vec<f32> {
    normals(&mut stream(3, Stream::Samples, salt), SAMPLES * columns)
}

/// Real pictures and fakes, [SAMPLES, PIXELS].
fn pictures() -> [Vec<f32>; 2] {
    [1, 2].map(|salt| drawn(salt, PIXELS).into_iter().map(f32::tanh).collect())
}

/// The random numbers behind a penalty's points.
fn chance(points: Points) -> Vec<f32> {
    let mut rng = stream(3, Stream::PenaltyPoints, 0);
    (0..SAMPLES).flat_map(|_| points.chance(PIXELS, &mut rng)).collect()
}

fn one_hot() -> Vec<f32> {
    let class = |i: usize| (3 * i + 1) % CLASSES;
    (0..SAMPLES * CLASSES).map(|k| f32::from(u8::from(class(k / CLASSES) == k % CLASSES))).collect()
}

fn tensor(values: Vec<f32>) -> Tensor<2> {
    let columns = values.len() / SAMPLES;
    rows(values, columns, &device::cpu())
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

fn read(x: Tensor<1>) -> Vec<f32> {
    x.into_data().try_into_vec().expect("f32")
}

/// What `penalties.py` starts from.
fn write(folder: &Path) {
    let save = |name: &str, parts: Vec<(String, Vec<usize>, Vec<f32>)>| {
        let parts: Vec<(String, Vec<usize>, Vec<u8>)> = parts
            .into_iter()
            .map(|(n, shape, x)| (n, shape, x.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views = parts.iter().map(|(name, shape, bytes)| {
            (name, TensorView::new(Dtype::F32, shape.clone(), bytes).expect("a view"))
        });
        let bytes = serialize(views, None).expect("safetensors");
        std::fs::write(folder.join(format!("{name}.safetensors")), bytes).expect("written");
    };
    for (name, recipe) in recipes() {
        let discriminator = networks(&recipe).1;
        let values = weights(&discriminator);
        let entries = discriminator.layout.entries().iter();
        let parts =
            entries.map(|at| (at.name.clone(), at.shape.clone(), values[at.range()].into()));
        save(&name, parts.collect());
    }
    let [real, fake] = pictures();
    let given = [("real", real), ("fake", fake), ("labels", one_hot())];
    let points = kinds().filter_map(|kind| Some((name(kind), chance(kind.points()?))));
    let parts = given
        .map(|(name, values)| (name.to_string(), values))
        .into_iter()
        .chain(points)
        .map(|(name, values)| (name, vec![SAMPLES, values.len() / SAMPLES], values));
    save("batch", parts.collect());
}

#[test]
fn penalties_and_their_gradients_are_those_of_a_double_backward() {
    if let Some(folder) = std::env::var_os("GANVAS_PENALTIES") {
        return write(Path::new(&folder));
    }
    let reference = SafeTensors::deserialize(include_bytes!("references/penalties.safetensors"));
    let reference = reference.expect("safetensors");
    let mut compared = 0;
    for (name, recipe) in recipes() {
        let discriminator = networks(&recipe).1;
        let view = discriminator.layout.view(&vector(weights(&discriminator), &device::cpu()));
        let [real, fake] = pictures().map(tensor);
        let step = |penalty: Penalty| {
            let points = penalty
                .kind
                .points()
                .map(|points| points.pictures(real.clone(), fake.clone(), tensor(chance(points))));
            let labels = recipe.conditional.then(|| tensor(one_hot()));
            let batch =
                Batch { real: real.clone(), fake: fake.clone(), points, labels, targets: None };
            let recipe = Recipe { penalty, ..recipe.clone() };
            let step = discriminator_step(&recipe, &discriminator, &view, &batch, None);
            (read(step.figures)[0], read(step.gradient))
        };
        let (plain, of_plain) = step(Penalty { kind: PenaltyKind::None, gamma: GAMMA });
        for kind in kinds() {
            let (loss, gradient) = step(Penalty { kind, gamma: GAMMA });
            let what = |of: &str| format!("{name}.{}.{of}", self::name(kind));
            let mut expected = |of: &str| {
                let there = reference.tensor(&what(of)).ok()?;
                compared += 1;
                Some(numbers(there.data()))
            };
            let value = expected("value").unwrap_or_else(|| {
                panic!("no {}: add it to tests/references/penalties.py and run that", what("value"))
            });
            let (got, want) = (loss - plain, value[0]);
            let apart = (got - want).abs();
            assert!(apart < 1e-5 * want.max(1.0), "{}: {got}, not {want}", what("value"));
            for at in discriminator.layout.entries() {
                // What is not there is 0.
                let want = expected(&at.name).unwrap_or_else(|| vec![0.0; at.len()]);
                assert_eq!(want.len(), at.len(), "{}", what(&at.name));
                let plain = &of_plain[at.range()];
                let largest = want.iter().chain(plain).fold(0f32, |most, w| most.max(w.abs()));
                for ((got, plain), want) in gradient[at.range()].iter().zip(plain).zip(want) {
                    let got = got - plain;
                    let apart = (got - want).abs();
                    assert!(apart < 1e-5 * largest + 1e-6, "{}: {got}, not {want}", what(&at.name));
                }
            }
        }
    }
    assert_eq!(compared, reference.names().len(), "references that nothing was compared with");
}
