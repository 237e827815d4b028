//! One clear line for whatever is wrong.

use super::*;
use ganvas::data::{PIXELS, idx};

#[test]
fn wrong_flags_are_one_line() {
    let dir = folder();
    let refuses = |args: &[&str], says| refuses(args, dir.path(), 2, says);
    refuses(&[], "--help");
    refuses(&["paint"], "paint");
    refuses(&["draw", "--count=3"], "--out");
    refuses(&["draw", "--count=0", "--out=a.idx"], "0 is not in");
    refuses(&["draw", "--count=many", "--out=a.idx"], "many");
    refuses(&["draw", "--count=3", "--out=a.idx", "--colour=red"], "--colour");
    refuses(&["train", "--preset=nonesuch", "--out=r"], "quick");
    refuses(&["train", "--device=abacus", "--out=r"], "cpu");
    refuses(&["train", "--out=r", "--set=width=3"], "generator.width");
    refuses(&["train", "--out=r", "--set=generator.width=wide"], "whole number");
    refuses(&["train", "--out=r", "--steps=0"], "--steps");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn what_is_missing_or_broken_is_named_in_one_line() {
    let dir = folder();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    write("noise", &[7; 3000]);
    write("one.idx", &idx::write_images(&[9; PIXELS]));
    write("two-labels.idx", &idx::write_labels(&[1, 2]));
    let cut = &idx::write_images(&[9; PIXELS])[..500];
    write("cut.idx", cut);
    write("folder-like", b"");

    let refuses = |args: &[&str], says| refuses(args, dir.path(), 1, says);
    refuses(&["sample", "--checkpoint=none", "--count=1", "--out=a.idx"], "cannot read none");
    refuses(&["sample", "--checkpoint=noise", "--count=1", "--out=a.idx"], "checkpoint");
    refuses(&["eval", "none.idx"], "cannot read none.idx");
    refuses(&["eval", "noise"], "noise cannot be used");
    refuses(&["eval", "cut.idx"], "ends after 500 of its 800 bytes");
    refuses(&["eval", "one.idx", "--labels=two-labels.idx"], "1 images but 2 labels");
    refuses(&["eval", "one.idx", "--count=2"], "one.idx has 1");
    refuses(&["eval", "one.idx", "--classifier=noise"], "noise was refused");
    refuses(&["eval", "one.idx", "--data=nowhere"], "nowhere");
    refuses(&["eval", "one.idx", "--data=drawn"], "MNIST");
    refuses(&["train", "--out=r"], "GANVAS_MNIST_DIR");
    refuses(&["train", "--out=r", "--data=nowhere"], "nowhere");
    refuses(&["train", "--out=r", "--data=drawn", "--set=batch=1"], "batch");
    refuses(&["train", "--out=r", "--recipe=noise"], "noise is not a recipe");
    refuses(&["train", "--out=r", "--resume=noise"], "noise was refused");
    refuses(&["train-classifier", "--data=nowhere"], "nowhere");
    refuses(&["train-classifier", "--data=drawn"], "MNIST");
    refuses(&["draw", "--count=1", "--out=nowhere/a.idx"], "cannot write nowhere");
    let into_a_file = [&TINY[..], &["--out=folder-like", "--steps=1"]].concat();
    refuses(&into_a_file, "folder-like");
}

#[test]
fn checkpoints_cut_short_or_changed_are_refused() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1"]);
    let whole = read(dir.path().join("run/checkpoint.safetensors"));
    let sample = ["sample", "--checkpoint=broken", "--count=1", "--out=a.idx"];
    for length in [0, 7, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(dir.path().join("broken"), &whole[..length]).unwrap();
        refuses(&sample, dir.path(), 1, "broken was refused");
    }
    let mut poisoned = whole.clone();
    let end = poisoned.len();
    poisoned[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(dir.path().join("broken"), &poisoned).unwrap();
    refuses(&sample, dir.path(), 1, "broken was refused");
}

#[test]
fn numbers_that_make_no_sense_are_one_line() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1"]);
    let sample = ["sample", "--checkpoint=run/checkpoint.safetensors", "--out=s.idx"];
    let refused = |args: &[&str], flag: &str| {
        for number in ["NaN", "inf", "-inf", "0", "-1", "1e400", "99999999999999999999999", "", "x"]
        {
            let flag = format!("--{flag}={number}");
            let output = ganvas(&[args, &[&flag]].concat(), dir.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{flag}: {said}");
            assert_eq!(said.lines().count(), 1, "{flag}: {said}");
        }
    };
    refused(&[&sample[..], &["--count=3"]].concat(), "truncation");
    refused(&sample, "count");
    refused(&["draw", "--out=d.idx"], "count");
    refused(&["eval", "none.idx"], "count");
    refused(&["train-classifier", "--data=none"], "epochs");
    let train = ["train", "--data=drawn", "--out=r"];
    for flag in ["steps", "every", "eval-every", "threads"] {
        refused(&train, flag);
    }
    refused(&[&train[..], &["--eval-every=1"]].concat(), "eval-count");
    for setting in ["batch", "generator.width", "generator.optimiser.lr"] {
        for number in ["NaN", "inf", "-1", "1e400", "99999999999999999999999"] {
            let setting = format!("--set={setting}={number}");
            let refused = ganvas(&[&train[..], &[&setting]].concat(), dir.path()).output().unwrap();
            let said = String::from_utf8_lossy(&refused.stderr);
            assert!(matches!(refused.status.code(), Some(1 | 2)), "{setting}: {said}");
            assert_eq!(said.lines().count(), 1, "{setting}: {said}");
        }
    }
    refuses(&[&sample[..], &["--count=1000000"]].concat(), dir.path(), 1, "samples");
    assert!(!dir.path().join("s.idx").exists() && !dir.path().join("r").exists());
}

#[test]
fn files_and_folders_in_each_others_place_are_one_line() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1"]);
    fs::create_dir(dir.path().join("folder")).unwrap();
    fs::write(dir.path().join("empty"), "").unwrap();
    works(&["draw", "--count=1", "--out=one.idx"], dir.path());
    let refuses = |args: &[&str], says| refuses(args, dir.path(), 1, says);
    let sample = ["sample", "--checkpoint=run/checkpoint.safetensors", "--count=1"];
    refuses(&["sample", "--checkpoint=folder", "--count=1", "--out=s.idx"], "cannot read folder");
    refuses(&["sample", "--checkpoint=empty", "--count=1", "--out=s.idx"], "empty was refused");
    refuses(&[&sample[..], &["--out=folder"]].concat(), "folder is a folder");
    refuses(&[&sample[..], &["--out=new/"]].concat(), "new/ is a folder");
    refuses(&[&sample[..], &["--out=s.idx", "--grid=folder"]].concat(), "folder is a folder");
    refuses(&[&sample[..], &["--out=empty/s.idx"]].concat(), "cannot write empty/s.idx");
    refuses(&["eval", "folder"], "cannot read folder");
    refuses(&["eval", "empty"], "the image file is empty");
    refuses(&["eval", "one.idx", "--labels=folder"], "cannot read folder");
    refuses(&["eval", "one.idx", "--classifier=empty"], "empty was refused");
    refuses(&["eval", "one.idx", "--data=one.idx"], "a file, not a folder");
    refuses(&["train", "--out=r", "--data=folder"], "the folder is empty");
    refuses(&["train", "--out=r", "--data=drawn", "--recipe=empty"], "empty is not a recipe");
    refuses(&["train", "--out=r", "--data=drawn", "--recipe=folder"], "cannot read folder");
    refuses(&["train", "--out=r", "--resume=folder", "--steps=5"], "cannot read folder");
    refuses(&[&TINY[..], &["--out=empty/run", "--steps=1"]].concat(), "empty/run");
    refuses(&["train-classifier", "--data=folder", "--out=folder"], "folder is a folder");
    assert!(!dir.path().join("s.idx").exists() && !dir.path().join("r").exists());
}
