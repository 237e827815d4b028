//! All integration tests in one program: it is linked once, and its tests share the processor's cores
//! from the first to the last.

mod common;

mod augmenting;
mod bits;
mod by_hand;
mod catalog;
mod classifier;
mod cli;
mod collapse;
mod combinations;
mod constraints;
mod exploring;
mod fuzz;
#[cfg(feature = "gpu")]
mod gpu;
mod gradients;
mod hostile;
mod judging;
mod layers;
mod measurement;
mod metrics;
mod mixing;
mod models;
mod objectives;
mod parity;
mod penalties;
mod points;
mod protocol;
mod recording;
mod replay;
mod replicas;
mod session;
mod time_machine;
mod trainer;
mod translation;
mod zoo;

/// A file that nobody names here would never run.
#[test]
fn every_test_file_is_part_of_the_program() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".rs").filter(|&module| module != "main") else {
            continue;
        };
        let line = format!("\nmod {module};\n");
        assert!(include_str!("main.rs").contains(&line), "tests/main.rs does not name {module}");
    }
}
