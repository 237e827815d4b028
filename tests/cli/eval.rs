//! Scoring pictures.

use super::*;
use ganvas::metrics::Metric;

#[test]
fn eval_prints_what_the_classifier_says_as_json() {
    let dir = folder();
    works(&["draw", "--count=500", "--out=d.idx"], dir.path());
    let eval = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&works(&[&["eval", "d.idx"], args].concat(), dir.path())).unwrap()
    };
    let report = eval(&["--labels=d.labels.idx"]);
    assert_eq!(report["count"], 500);
    assert!(report["label_accuracy"].as_f64().unwrap() > 0.9, "{report}");
    assert!(report["class_kl"].as_f64().unwrap() < 0.05, "{report}");
    assert!(report["frechet_distance"].is_null());
    // Labels beside the pictures are found, and it is said which.
    assert_eq!(eval(&[]), report);
    assert_eq!(report["labels"], "d.labels.idx");
    assert!(eval(&["--no-labels"])["label_accuracy"].is_null());
    assert_eq!(eval(&["--count=20"])["count"], 20);
}

/// Drawn digits in MNIST's place, so that no data is needed.
#[test]
fn eval_holds_pictures_against_test_digits_beside_training_digits_and_asks_the_judge() {
    let dir = folder();
    fs::create_dir(dir.path().join("mnist")).unwrap();
    for (seed, half) in [("5", "train"), ("6", "t10k"), ("7", "other")] {
        let (images, seed) =
            (format!("--out=mnist/{half}-images-idx3-ubyte"), format!("--seed={seed}"));
        works(&["draw", "--count=1000", &seed, &images], dir.path());
    }
    train(dir.path(), "run", &["--steps=3"]);
    let images = ["eval", "mnist/other-images-idx3-ubyte", "--data=mnist"];
    let asking = [&images[..], &["--checkpoint=run/checkpoint.safetensors"]].concat();
    let labelled = [&asking[..], &["--labels=mnist/other-labels-idx1-ubyte"]].concat();
    let report: serde_json::Value = serde_json::from_str(&works(&labelled, dir.path())).unwrap();
    assert_eq!((&report["count"], &report["reference"]), (&1000.into(), &1000.into()));
    for metric in ganvas::metrics::Metric::ALL
        .iter()
        .filter(|metric| !metric.is_of_some_games() && !metric.is_of_points())
    {
        let name = serde_json::to_value(metric).unwrap();
        let name = name.as_str().unwrap();
        let (own, floor) = (&report[name], &report["floor"][name]);
        // A relativistic run's scores have no threshold.
        if name.starts_with("d_accuracy") {
            assert!(own.is_null() && floor.is_null(), "{name}: {report}");
            continue;
        }
        assert!(own.is_f64() && floor.is_f64() != name.starts_with("d_"), "{name}: {report}");
        // Three draws of one hand: the pictures are as near to the test set as the training set is.
        if let (Some(own), Some(floor)) = (own.as_f64(), floor.as_f64())
            && !matches!(name, "kernel_distance" | "class_kl")
        {
            assert!((own - floor).abs() < 0.25 * floor, "{name}: {own}, floor {floor}");
        }
    }
    // All three sorts of pictures are real, so that nothing tells them apart.
    let gap = |name: &str| report[name].as_f64().unwrap().abs();
    assert!(gap("d_logit_gap") < 0.1 && gap("d_held_out_gap") < 0.1, "{report}");

    let unlabelled = [&asking[..], &["--no-labels"]].concat();
    refuses(&unlabelled, dir.path(), 1, "give --labels");
    let without =
        ["eval", "mnist/other-images-idx3-ubyte", "--checkpoint=run/checkpoint.safetensors"];
    refuses(&without, dir.path(), 2, "--data");
    let noise = [&images[..], &["--checkpoint=mnist/t10k-labels-idx1-ubyte"]].concat();
    refuses(&noise, dir.path(), 1, "was refused");
}

#[test]
fn few_pictures_have_the_figures_that_they_suffice_for() {
    let dir = folder();
    fs::create_dir(dir.path().join("mnist")).unwrap();
    for (seed, half) in [("5", "train"), ("6", "t10k")] {
        let images = format!("--out=mnist/{half}-images-idx3-ubyte");
        works(&["draw", "--count=1000", &format!("--seed={seed}"), &images], dir.path());
    }
    works(&["draw", "--count=40", "--seed=7", "--out=d.idx"], dir.path());
    let names = |metrics: &[Metric]| -> Vec<String> {
        let name = |metric| serde_json::to_value(metric).unwrap().as_str().unwrap().to_string();
        metrics.iter().map(name).collect()
    };
    let read =
        names(&[Metric::ClassifierScore, Metric::LabelAccuracy, Metric::ClassKl, Metric::Modes]);
    let near =
        names(&[Metric::KernelDistance, Metric::Precision, Metric::Density, Metric::Coverage]);
    for count in [1, 5, 6, 40] {
        let count_flag = format!("--count={count}");
        let report = works(&["eval", "d.idx", &count_flag, "--data=mnist"], dir.path());
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let histogram = report["class_histogram"].as_array().unwrap().iter();
        assert_eq!(histogram.map(|n| n.as_u64().unwrap()).sum::<u64>(), count, "{report}");
        assert!(read.iter().all(|name| report[name].is_f64()), "{report}");
        assert!(near.iter().all(|name| report[name].is_f64() == (count >= 6)), "{report}");
        let says = |name: &str| report[name].as_str().unwrap().to_string();
        assert!(says("frechet_distance").contains("needs at least 1000"), "{report}");
        assert!(count >= 6 || says("recall").contains("needs at least 6"), "{report}");
        assert!(report["floor"]["class_kl"].is_f64(), "{report}");
    }
}

#[test]
fn labels_beside_pictures_that_do_not_fit_are_named() {
    let dir = folder();
    works(&["draw", "--count=3", "--out=a.idx"], dir.path());
    works(&["draw", "--count=2", "--out=b.idx"], dir.path());
    fs::copy(dir.path().join("b.labels.idx"), dir.path().join("a.labels.idx")).unwrap();
    refuses(&["eval", "a.idx"], dir.path(), 1, "a.labels.idx lies beside");
    fs::write(dir.path().join("a.labels.idx"), "noise").unwrap();
    refuses(&["eval", "a.idx"], dir.path(), 1, "a.labels.idx cannot be used");
    works(&["eval", "a.idx", "--no-labels"], dir.path());
}
