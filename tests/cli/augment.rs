//! Whether generated digits help. Drawn digits stand in for MNIST, so that no data is needed.

use super::*;

/// A folder `mnist` with 600 training and 60 test digits, the latter called by the digit after theirs: whoever reads
/// them as they are called has learnt from them.
fn misnamed(dir: &Path) {
    fs::create_dir(dir.join("mnist")).unwrap();
    for (count, seed, half) in [("600", "5", "train"), ("60", "6", "t10k")] {
        let (count, seed) = (format!("--count={count}"), format!("--seed={seed}"));
        works(&["draw", &count, &seed, &format!("--out=mnist/{half}-images-idx3-ubyte")], dir);
    }
    let labels = dir.join("mnist/t10k-labels-idx1-ubyte");
    let mut bytes = read(labels.clone());
    for label in bytes.iter_mut().skip(8) {
        *label = (*label + 1) % 10;
    }
    fs::write(labels, bytes).unwrap();
}

const SMALL: [&str; 6] =
    ["augment", "--data=mnist", "--digits=20,10", "--steps=40", "--samples=100", "--out=a.json"];

#[test]
fn augment_compares_five_classifiers_none_of_which_has_seen_a_test_digit() {
    let dir = folder();
    misnamed(dir.path());
    let trains = ["--gan-steps=2", "--seeds=2", "--plot=a.svg", "--threads=2"];
    let tiny = ["--set=generator.width=4", "--set=discriminator.width=4", "--set=batch=4"];
    let said = works(&[&SMALL[..], &trains, &tiny].concat(), dir.path());
    let report: serde_json::Value =
        serde_json::from_slice(&read(dir.path().join("a.json"))).unwrap();
    assert_eq!((&report["tested"], &report["origin"]), (&60.into(), &"same-digits".into()));
    let scores = report["scores"].as_array().unwrap();
    assert_eq!(scores.len(), 2 * 2 * 5, "{report}");
    for score in scores {
        let accuracy = score["accuracy"].as_f64().unwrap();
        assert!(accuracy < 0.35, "it was taught with test digits: {score}");
    }
    assert!(said.contains("trained on the same digits for 2 steps (augmentation)"), "{said}");
    assert!(said.trim_end().ends_with(report["conclusion"].as_str().unwrap()), "{said}");
    assert!(said.contains("this is augmentation"), "{said}");
    let rows = said.lines().filter(|line| line.trim_start().starts_with(['1', '2']));
    assert_eq!(rows.count(), 2, "{said}");
    let plot = String::from_utf8(read(dir.path().join("a.svg"))).unwrap();
    assert_eq!(plot.matches("<circle").count(), 2 * 5, "each arm at each number of digits");
    assert!(
        plot.starts_with("<svg") && plot.ends_with("</svg>\n") && !plot.contains("NaN"),
        "{plot}"
    );

    // One at a time, the same; and not over what is there.
    let again = [&SMALL[..5], &trains[..2], &tiny, &["--out=b.json", "--threads=1"]].concat();
    works(&again, dir.path());
    assert_eq!(read(dir.path().join("a.json")), read(dir.path().join("b.json")));
    refuses(&again, dir.path(), 1, "already there");
}

#[test]
fn a_generator_that_has_seen_more_is_called_transfer_and_one_without_labels_refused() {
    let dir = folder();
    misnamed(dir.path());
    train(dir.path(), "run", &["--steps=3"]);
    train(dir.path(), "bare", &["--steps=1", "--set=conditional=false"]);
    let said = works(
        &[&SMALL[..], &["--seeds=1", "--checkpoint=run/checkpoint.safetensors"]].concat(),
        dir.path(),
    );
    assert!(said.contains("learnt from 24 digits") && said.contains("not augmentation"), "{said}");
    assert!(said.contains("only once"), "{said}");
    let with = |more| [&SMALL[..5], &[more]].concat();
    refuses(&with("--checkpoint=bare/checkpoint.safetensors"), dir.path(), 1, "no labels");
    refuses(&with("--preset=dcgan"), dir.path(), 1, "no labels");
    refuses(&with("--preset=sketch"), dir.path(), 1, "translates");
    refuses(&["augment", "--data=mnist", "--digits=900"], dir.path(), 1, "of the digit");
    refuses(&with("--digits=0"), dir.path(), 2, "0");
}
