//! Files of pictures and labels: `draw` and `sample`.

use super::*;
use ganvas::data::{PIXELS, idx};

#[test]
fn drawn_digits_come_with_labels_and_repeat_by_seed() {
    let dir = folder();
    let at = |name: &str| read(dir.path().join(name));
    works(&["draw", "--count=30", "--seed=5", "--out=a.idx", "--grid=a.png"], dir.path());
    let digits = idx::read_pair(&at("a.idx"), &at("a.labels.idx")).unwrap();
    assert_eq!(digits.len(), 30);
    assert!(digits.images.chunks(PIXELS).all(|picture| picture.contains(&255)));
    assert_eq!(at("a.png")[1..4], *b"PNG");
    works(&["draw", "--count=30", "--seed=5", "--out=b.idx"], dir.path());
    assert!(at("a.idx") == at("b.idx"));
    works(&["draw", "--count=30", "--seed=6", "--out=c.idx"], dir.path());
    assert!(at("a.idx") != at("c.idx"));
}

#[test]
fn an_unconditional_run_has_no_labels() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1", "--set=conditional=false"]);
    let checkpoint = "--checkpoint=run/checkpoint.safetensors";
    works(&["sample", checkpoint, "--count=3", "--out=s.idx"], dir.path());
    assert_eq!(idx::read_images(&read(dir.path().join("s.idx"))).unwrap().len(), 3 * PIXELS);
    assert!(!dir.path().join("s.labels.idx").exists());
}

#[test]
fn two_sets_in_one_folder_keep_their_own_labels() {
    let dir = folder();
    let at = |name: &str| read(dir.path().join(name));
    for (seed, name) in [("--seed=1", "a"), ("--seed=2", "b")] {
        works(&["draw", "--count=30", seed, &format!("--out={name}.idx")], dir.path());
    }
    assert!(at("a.labels.idx") != at("b.labels.idx"));
    for name in ["a", "b"] {
        let report = works(&["eval", &format!("{name}.idx")], dir.path());
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert!(report["label_accuracy"].as_f64().unwrap() > 0.9, "{name}: {report}");
    }
}

#[test]
fn nothing_is_written_over_unless_it_was_asked_for() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1"]);
    let path = |name: &str| dir.path().join(name);
    let sample = ["sample", "--checkpoint=run/checkpoint.safetensors", "--count=3"];
    let commands: [&[&str]; 3] = [
        &["draw", "--count=3", "--out=a.idx", "--grid=a.png"],
        &[&sample[..], &["--out=a.idx", "--grid=a.png"]].concat(),
        // The flag is looked at before any training.
        &["train-classifier", "--data=nowhere", "--out=a.idx"],
    ];
    for command in commands {
        // Any one of the files that would be written is enough.
        for taken in ["a.idx", "a.labels.idx", "a.png"] {
            if command[0] == "train-classifier" && taken != "a.idx" {
                continue;
            }
            fs::write(path(taken), "mine").unwrap();
            refuses(command, dir.path(), 1, &format!("{taken} is already there"));
            assert_eq!(read(path(taken)), b"mine");
            fs::remove_file(path(taken)).unwrap();
            assert!(!path("a.idx").exists() && !path("a.png").exists(), "half was written");
        }
    }
    for command in &commands[..2] {
        for name in ["a.idx", "a.labels.idx", "a.png"] {
            fs::write(path(name), "old").unwrap();
        }
        works(&[command, &["--force"][..]].concat(), dir.path());
        assert_eq!(
            idx::read_pair(&read(path("a.idx")), &read(path("a.labels.idx"))).unwrap().len(),
            3
        );
        assert_eq!(read(path("a.png"))[1..4], *b"PNG");
    }
    // Pictures without labels leave none of those that they took the place of.
    train(dir.path(), "free", &["--steps=1", "--set=conditional=false"]);
    let free = ["sample", "--checkpoint=free/checkpoint.safetensors", "--count=3"];
    works(&[&free[..], &["--out=a.idx", "--force"]].concat(), dir.path());
    assert!(!path("a.labels.idx").exists());
    refuses(&["draw", "--count=3", "--out=b.idx", "--grid=b.idx"], dir.path(), 1, "two things");
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
}

/// MNIST's names have a place for labels, and Kaggle's copy of it others.
#[test]
fn mnist_is_found_however_it_was_unpacked() {
    let dir = folder();
    works(&["draw", "--count=20", "--out=d.idx"], dir.path());
    let place = |from: &str, to: &str| {
        let to = dir.path().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(dir.path().join(from), to).unwrap();
    };
    place("d.idx", "kaggle/train-images.idx3-ubyte");
    place("d.labels.idx", "kaggle/train-labels.idx1-ubyte");
    place("d.idx", "unpacked/train-images-idx3-ubyte/train-images-idx3-ubyte");
    place("d.labels.idx", "unpacked/train-labels-idx1-ubyte/train-labels-idx1-ubyte");
    place("d.idx", "torch/MNIST/raw/train-images-idx3-ubyte");
    place("d.labels.idx", "torch/MNIST/raw/train-labels-idx1-ubyte");
    let small = [&TINY[..1], &TINY[2..], &["--steps=1"]].concat();
    for layout in ["kaggle", "unpacked", "torch"] {
        let (data, out) = (format!("--data={layout}"), format!("--out={layout}-run"));
        works(&[&small[..], &[&data, &out]].concat(), dir.path());
    }
    place("d.idx", "other/mnist.csv");
    let other = [&small[..], &["--data=other", "--out=r"]].concat();
    refuses(&other, dir.path(), 1, "the folder holds mnist.csv");
    refuses(&other, dir.path(), 1, "train-images.idx3-ubyte");
}

#[test]
fn pictures_do_not_take_the_place_of_what_they_are_drawn_from() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=2"]);
    let checkpoint = "run/checkpoint.safetensors";
    let before = read(dir.path().join(checkpoint));
    let from = format!("--checkpoint={checkpoint}");
    for target in [
        vec![format!("--out={checkpoint}")],
        vec!["--out=a.idx".into(), format!("--grid={checkpoint}")],
    ] {
        let target: Vec<&str> = target.iter().map(String::as_str).collect();
        let command = [&["sample", &from, "--count=2", "--force"][..], &target].concat();
        refuses(&command, dir.path(), 1, "is what the pictures are drawn from");
    }
    assert!(read(dir.path().join(checkpoint)) == before);
}

#[test]
fn a_table_of_two_latents_has_one_style_along_each_row() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1", "--set=generator.network=stylegan2"]);
    let checkpoint = "--checkpoint=run/checkpoint.safetensors";
    let table = |from: &str, out: &str| {
        let args = ["sample", checkpoint, "--mix=3", from, out, "--grid=table.png", "--force"];
        works(&args, dir.path());
        let pixels = read(dir.path().join(out.trim_start_matches("--out=")));
        idx::read_images(&pixels).unwrap().chunks(PIXELS).map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let rows = table("--mix-from=8", "--out=rows.idx");
    let mixed = table("--mix-from=2", "--out=mixed.idx");
    assert_eq!((rows.len(), mixed.len()), (9, 9));
    assert_eq!(rows[3], rows[5], "no layer is the column's");
    assert!(mixed[3] != mixed[5] && mixed[3] != mixed[0]);
    train(dir.path(), "plain", &["--steps=1"]);
    let args = ["sample", "--checkpoint=plain/checkpoint.safetensors", "--mix=3", "--out=m.idx"];
    refuses(&args, dir.path(), 1, "mixes none");
}

#[test]
fn a_model_is_small_draws_and_is_gone_on_with() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=3"]);
    let checkpoint = "--checkpoint=run/checkpoint.safetensors";
    let said = works(&["export", checkpoint, "--out=model.safetensors"], dir.path());
    let size = |name: &str| fs::metadata(dir.path().join(name)).unwrap().len();
    let small = size("model.safetensors");
    assert_eq!(said.trim(), format!("wrote model.safetensors, {small} bytes"));
    assert!(3 * small < size("run/checkpoint.safetensors"));
    works(&["sample", "--checkpoint=model.safetensors", "--count=3", "--out=m.idx"], dir.path());
    let resume = "--resume=model.safetensors";
    works(&["train", resume, "--data=drawn", "--steps=5", "--out=more"], dir.path());
    let again = ["export", checkpoint, "--out=model.safetensors"];
    refuses(&again, dir.path(), 1, "already there");
    works(&[&again[..], &["--force"]].concat(), dir.path());
    let itself = ["export", checkpoint, "--out=run/checkpoint.safetensors", "--force"];
    refuses(&itself, dir.path(), 1, "is what the model is made from");
    fs::write(dir.path().join("junk"), "junk").unwrap();
    refuses(&["export", "--checkpoint=junk", "--out=j"], dir.path(), 1, "safetensors");
}
