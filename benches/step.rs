//! Milliseconds per training step of each preset on the native CPU path, as one line of JSON per
//! preset. `cargo xtask bench` runs it and adds the browser's figures.

use ganvas::data::{Digits, PIXELS};
use ganvas::device;
use ganvas::recipe::presets;
use ganvas::train::Trainer;
use std::time::Instant;

const WARM_UP: usize = 5;
const STEPS: usize = 20;

fn main() {
    for preset in presets() {
        let mut trainer =
            Trainer::new(preset.recipe.clone(), device::cpu()).expect("presets are valid");
        let n = preset.recipe.batch;
        let mut millis: Vec<f64> = (0..WARM_UP + STEPS)
            .map(|_| {
                let start = Instant::now();
                let digits = picture_batch(trainer.batches(), n);
                pollster::block_on(trainer.begin(digits)).expect("the CPU");
                while !trainer.between_steps() {
                    pollster::block_on(trainer.proceed()).expect("the CPU");
                }
                pollster::block_on(trainer.reports()).expect("finite losses");
                start.elapsed().as_secs_f64() * 1e3
            })
            .skip(WARM_UP)
            .collect();
        millis.sort_by(f64::total_cmp);
        let step_millis = millis[millis.len() / 2];
        println!(
            "{}",
            serde_json::json!({
                "preset": preset.name,
                "batch": n,
                "step_millis": step_millis,
                "multiply_adds": trainer.multiply_adds(),
                "images_per_second": n as f64 * 1e3 / step_millis,
            })
        );
    }
}

/// Pictures whose content does not matter to the time a step takes.
fn picture_batch(k: u64, n: usize) -> Digits {
    let images = (0..n * PIXELS).map(|i| (i as u64 * 31 + k * 7) as u8).collect();
    Digits { images, labels: (0..n).map(|i| (i % 10) as u8).collect() }
}
