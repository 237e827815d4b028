//! The part of the catalog that belongs to the players, and the burn-in of both.

use super::{Control, choice};
use crate::nets::Architecture;
use crate::recipe::{OptimiserKind, ScheduleKind};

const fn number(min: f64, max: f64, log: bool) -> Control {
    Control::Number { min, max, log }
}

/// Takes path, group, label, help, control, live and basic.
pub(super) trait Add: FnMut(&str, &str, &str, &str, Control, bool, bool) {}

impl<F: FnMut(&str, &str, &str, &str, Control, bool, bool)> Add for F {}

pub(super) fn generator(add: &mut impl Add) {
    network(add, "generator", "Generator", "How fast the artist learns.");
    learning(add, "generator", "Generator");
}

pub(super) fn discriminator(add: &mut impl Add) {
    network(add, "discriminator", "Discriminator", "How fast the judge learns.");
    add(
        "d_hidden",
        "Discriminator",
        "Hidden layer",
        "Units of a layer that sees what all parts of a picture have found before the judge says its score. 0 for none: each stroke is then judged by itself, and drawings between two digits pass.",
        Control::Integer { min: 0, max: 1024 },
        false,
        false,
    );
    learning(add, "discriminator", "Discriminator");
}

fn network(add: &mut impl Add, player: &str, group: &str, lr_help: &str) {
    let mut add = |field: &str, label: &str, help: &str, control, live| {
        add(&format!("{player}.{field}"), group, label, help, control, live, live);
    };
    add("optimiser.lr", "Learning rate", lr_help, number(1e-5, 1.0, true), true);
    add("network", "Network", "How it is built.", choice::<Architecture>(), false);
    add(
        "width",
        "Width",
        "Channels of its first feature maps, or units of a hidden layer of an MLP.",
        Control::Integer { min: 4, max: 512 },
        false,
    );
}

fn learning(add: &mut impl Add, player: &str, group: &str) {
    let mut add = |field: &str, label: &str, help: &str, control, live| {
        add(&format!("{player}.{field}"), group, label, help, control, live, false);
    };
    add(
        "optimiser.kind",
        "Optimiser",
        "How a gradient becomes a step. Where it changes at a snapshot, what the other one had gathered is forgotten, but between Adam and AdamW.",
        choice::<OptimiserKind>(),
        false,
    );
    add(
        "optimiser.beta1",
        "Momentum β₁",
        "How long past gradients count. 0 suits GANs best.",
        number(0.0, 0.999, false),
        false,
    );
    add(
        "optimiser.beta2",
        "Smoothing β₂",
        "How long past squared gradients count.",
        number(0.0, 0.9999, false),
        false,
    );
    add(
        "optimiser.epsilon",
        "Optimiser's ε",
        "Keeps the division from blowing up.",
        number(1e-10, 1e-2, true),
        false,
    );
    add(
        "optimiser.weight_decay",
        "Weight decay λ",
        "All weights shrink by this times the learning rate in each step.",
        number(0.0, 1.0, false),
        true,
    );
    add(
        "schedule.kind",
        "Schedule",
        "What becomes of its learning rate in the course of the run.",
        choice::<ScheduleKind>(),
        false,
    );
    add(
        "schedule.steps",
        "Schedule's steps",
        "How many steps the cosine takes, or after how many the inverse square root begins.",
        Control::Integer { min: 1, max: 100_000 },
        true,
    );
    add(
        "schedule.end",
        "Schedule's end",
        "Which part of the learning rate is left after the cosine.",
        number(0.0, 1.0, false),
        true,
    );
    add(
        "schedule.warm_up",
        "Warm-up",
        "Over so many steps its learning rate rises from 0 (Goyal et al. 2017).",
        Control::Integer { min: 0, max: 100_000 },
        true,
    );
    add(
        "clip",
        "Clip the gradient",
        "A gradient whose norm is larger is shortened to this (Pascanu et al. 2013); 0 leaves all as they are.",
        number(0.0, 100.0, false),
        true,
    );
}

pub(super) fn burn_in(add: &mut impl Add) {
    let mut add = |field: &str, label: &str, help: &str, control| {
        add(&format!("burn_in.{field}"), "Run", label, help, control, false, false);
    };
    add(
        "steps",
        "Burn-in",
        "Over so many first steps the four values below go to the run's own on a cosine (Huang et al. 2024); 0 for none.",
        Control::Integer { min: 0, max: 100_000 },
    );
    add(
        "lr",
        "Burn-in: learning rates",
        "How many times as large both are at first.",
        number(0.01, 100.0, true),
    );
    add("gamma", "Burn-in: penalty weight γ", "What it is at first.", number(0.001, 100.0, true));
    add(
        "beta2",
        "Burn-in: smoothing β₂",
        "What it is at first, of both players.",
        number(0.0, 0.9999, false),
    );
    add(
        "ema",
        "Burn-in: averaging of the generator",
        "What its largest decay is at first.",
        number(0.0, 0.9999, false),
    );
}
