use super::*;
use crate::data::{PIXELS, SIDE};
use crate::device;
use crate::recipe::{default_recipe, presets};

/// Pictures that can be told apart: the number in the first two bytes, the class by its remainder.
fn numbered(count: usize) -> Digits {
    let mut digits = Digits::default();
    for i in 0..count {
        let mut picture = vec![0; PIXELS];
        picture[..2].copy_from_slice(&(i as u16).to_be_bytes());
        digits.append(Digits { images: picture, labels: vec![(i % CLASSES) as u8] });
    }
    digits
}

fn numbers(digits: &Digits) -> Vec<usize> {
    let pictures = digits.images.chunks_exact(PIXELS);
    pictures.map(|p| usize::from(u16::from_be_bytes([p[0], p[1]]))).collect()
}

/// Bars across, of class `across`, and bars down, of class `down`, in turn.
fn bars(count: usize, across: u8, down: u8) -> Digits {
    let mut digits = Digits::default();
    for i in 0..count {
        let mut picture = vec![0; PIXELS];
        let at = 10 + i % 7;
        for k in 4..24 {
            picture[if i % 2 == 0 { at * SIDE + k } else { k * SIDE + at }] = 255;
        }
        digits.append(Digits {
            images: picture,
            labels: vec![if i % 2 == 0 { across } else { down }],
        });
    }
    digits
}

const SHORT: Plan = Plan { steps: 30, batch: 16, share: 0.25 };

fn lesson(arm: Arm, material: &Material, seed: u64) -> Lesson {
    Lesson::new(arm, SHORT, material, seed, &device::cpu()).unwrap()
}

/// The accuracy in the end, after so many pieces.
fn taught(mut lesson: Lesson, material: &Material, test: &Digits) -> (f64, usize) {
    for pieces in 1.. {
        if let Some(accuracy) = pollster::block_on(lesson.advance(material, test, 30)).unwrap() {
            return (accuracy, pieces);
        }
    }
    unreachable!()
}

#[test]
fn a_few_are_exactly_so_many_of_each_and_chosen_by_the_seed() {
    let pool = numbered(400);
    let chosen = few(&pool, 7, 3).unwrap();
    for class in 0..CLASSES {
        assert_eq!(chosen.labels.iter().filter(|&&label| usize::from(label) == class).count(), 7);
    }
    let mut all = numbers(&chosen);
    assert!(
        all.iter().zip(&chosen.labels).all(|(number, &label)| number % 10 == usize::from(label))
    );
    assert_eq!(few(&pool, 7, 3).unwrap(), chosen);
    assert_ne!(few(&pool, 7, 4).unwrap(), chosen);
    let fewer = numbers(&few(&pool, 3, 3).unwrap());
    assert!(fewer.iter().all(|number| all.contains(number)), "seven of each hold three of each");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 70, "none of them twice");
}

#[test]
fn more_than_there_are_of_a_digit_are_refused_by_its_name() {
    let error = few(&numbered(46), 5, 1).unwrap_err();
    assert!(error.to_string().contains("only 4 of the digit 6"), "{error}");
}

#[test]
fn each_arm_learns_from_what_it_says() {
    // Real pictures and samples whose ink tells which they are.
    let of = |ink: u8| Digits { images: vec![ink; 40 * PIXELS], labels: vec![1; 40] };
    let material = Material { real: of(100), samples: of(200) };
    for (arm, samples, moves) in [
        (Arm::Real, 0, false),
        (Arm::Moved, 0, true),
        (Arm::Samples, 16, false),
        (Arm::Both, 4, false),
        (Arm::BothMoved, 4, true),
    ] {
        let (images, labels) = lesson(arm, &material, 1).batches.next(&material);
        assert_eq!(labels.len(), 16, "{arm:?}");
        let pictures: Vec<&[u8]> = images.chunks_exact(PIXELS).collect();
        let middle = SIDE * SIDE / 2 + SIDE / 2;
        let drawn = pictures.iter().filter(|picture| picture[middle] == 200).count();
        let real = pictures.iter().filter(|picture| picture[middle] == 100).count();
        assert_eq!((drawn, real), (samples, 16 - samples), "{arm:?}");
        let changed = pictures.iter().any(|picture| picture.iter().any(|&ink| ink < 100));
        assert_eq!(changed, moves, "{arm:?}");
    }
}

#[test]
fn every_picture_comes_once_before_one_comes_again() {
    let material = Material { real: numbered(24), samples: Digits::default() };
    let mut lesson = lesson(Arm::Real, &material, 1);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let (images, labels) = lesson.batches.next(&material);
        seen.extend(numbers(&Digits { images, labels }));
    }
    for epoch in seen.chunks_exact_mut(24) {
        epoch.sort_unstable();
        assert_eq!(epoch, (0..24).collect::<Vec<_>>());
    }
}

#[test]
fn it_learns_what_it_is_told_and_nothing_else() {
    // Samples call the same bars by other names.
    let material = Material { real: bars(28, 0, 1), samples: bars(28, 2, 3) };
    let test = bars(70, 0, 1);
    let (accuracy, pieces) = taught(lesson(Arm::Real, &material, 2), &material, &test);
    assert_eq!(accuracy, 1.0);
    assert_eq!(
        pieces,
        SHORT.steps + 1 + 70usize.div_ceil(30),
        "a step or 30 test pictures at a time"
    );
    assert_eq!(taught(lesson(Arm::Samples, &material, 2), &material, &test).0, 0.0);
}

#[test]
fn the_same_seed_gives_the_same_accuracy() {
    let material = Material { real: bars(28, 0, 1), samples: bars(28, 0, 1) };
    let weights = |seed| {
        let plan = Plan { steps: 3, ..SHORT };
        let mut lesson =
            Lesson::new(Arm::BothMoved, plan, &material, seed, &device::cpu()).unwrap();
        for _ in 0..4 {
            pollster::block_on(lesson.advance(&material, &material.real, 30)).unwrap();
        }
        let Stage::Tested { by, .. } = lesson.stage else { panic!("still learning") };
        pollster::block_on(by.to_safetensors()).unwrap()
    };
    assert_eq!(weights(5), weights(5));
    assert_ne!(weights(5), weights(6));
}

#[test]
fn nothing_to_learn_from_is_refused() {
    let real_only = Material { real: bars(4, 0, 1), samples: Digits::default() };
    for arm in Arm::ALL {
        let lesson = Lesson::new(arm, SHORT, &real_only, 1, &device::cpu());
        assert_eq!(lesson.is_ok(), matches!(arm, Arm::Real | Arm::Moved), "{arm:?}");
    }
    for plan in
        [Plan { steps: 0, ..SHORT }, Plan { batch: 0, ..SHORT }, Plan { share: 1.5, ..SHORT }]
    {
        assert!(Lesson::new(Arm::Real, plan, &real_only, 1, &device::cpu()).is_err(), "{plan:?}");
    }
}

#[test]
fn only_generators_that_can_be_asked_for_a_grey_digit_are_taken() {
    assert!(check(&default_recipe()).is_ok());
    let why = |name: &str| {
        let preset = presets().into_iter().find(|preset| preset.name == name).unwrap();
        check(&preset.recipe).unwrap_err().to_string()
    };
    for (name, reason) in [("dcgan", "no labels"), ("sketch", "translates"), ("plane", "points")] {
        assert!(why(name).contains(reason), "{name}: {}", why(name));
    }
}
