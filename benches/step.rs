//! Milliseconds per training step of each preset on the native CPU path, by one thread and by several, as one
//! line of JSON per preset. Presets named as arguments are measured alone. `cargo xtask bench` runs it and adds
//! the browser's figures and PyTorch's.

use ganvas::data::{Samples, Spec, Values};
use ganvas::device;
use ganvas::metrics::classifier::Classifier;
use ganvas::recipe::{Preset, presets};
use ganvas::shape::Shape;
use ganvas::train::{Threads, Trainer};
use std::rc::Rc;
use std::time::Instant;

const WARM_UP: usize = 5;
const STEPS: usize = 20;
/// As on the command line.
const MOST_THREADS: usize = 4;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    for preset in presets() {
        if wanted.is_empty() || wanted.contains(&preset.name) {
            println!("{}", measured(&preset, threads));
        }
    }
}

/// One thread and several take their steps in turns, so that a machine that slows down slows down both.
fn measured(preset: &Preset, threads: usize) -> serde_json::Value {
    let recipe = &preset.recipe;
    let mut runs = [1, threads].map(|threads| {
        let mut trainer = Trainer::new(recipe.clone(), device::cpu()).expect("presets are valid");
        let classifier = Classifier::built_in(&device::cpu()).expect("it ships with ganvas");
        trainer.set_classifier(Some(Rc::new(classifier)));
        if threads > 1 {
            trainer.set_replicas(Some(Rc::new(Threads::start(threads - 1))));
        }
        (trainer, Vec::new())
    });
    for step in 0..WARM_UP + STEPS {
        for (trainer, millis) in &mut runs {
            let start = Instant::now();
            let samples = batch(trainer.batches(), recipe.batch, recipe.data().spec());
            pollster::block_on(trainer.begin(samples)).expect("the CPU");
            while !trainer.between_steps() {
                pollster::block_on(trainer.proceed()).expect("the CPU");
            }
            pollster::block_on(trainer.reports()).expect("finite losses");
            if step >= WARM_UP {
                millis.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    let multiply_adds = runs[0].0.multiply_adds();
    let [step_millis, shared_millis] = runs.map(|(_, millis)| median(millis));
    serde_json::json!({
        "preset": preset.name,
        "batch": recipe.batch,
        "step_millis": step_millis,
        "threads": threads,
        "shared_millis": shared_millis,
        "multiply_adds": multiply_adds,
        "images_per_second": recipe.batch as f64 * 1e3 / step_millis,
    })
}

fn median(mut millis: Vec<f64>) -> f64 {
    millis.sort_by(f64::total_cmp);
    millis[millis.len() / 2]
}

/// Pictures whose content does not matter to the time a step takes.
fn batch(k: u64, n: usize, spec: Spec) -> Samples {
    let bytes = |shape: Shape| -> Vec<u8> {
        (0..n * shape.size()).map(|i| (i as u64 * 31 + k * 7) as u8).collect()
    };
    Samples {
        target: Values::Bytes(bytes(spec.target)),
        source: spec.source.map(bytes),
        labels: (0..n).map(|i| (i % 10) as u8).collect(),
    }
}
