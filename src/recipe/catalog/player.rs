//! The rows of the catalog that belong to one player. Where both have such a field, the path is that in
//! [`crate::recipe::Player`].

use super::row::Changes::{Branch, Live, Start};
use super::row::{Row, choice, number, only_for, ratio, whole};
use crate::nets::Architecture;
use crate::recipe::{OptimiserKind, ScheduleKind};

pub(super) fn network(lr_help: &'static str) -> Vec<Row> {
    vec![
        Row {
            path: "optimiser.lr",
            label: "Learning rate",
            help: lr_help,
            control: ratio(1e-5..=1.0),
            changes: Live,
            basic: true,
            unless: None,
        },
        Row {
            path: "network",
            label: "Network",
            help: "How it is built.",
            control: choice::<Architecture>(),
            changes: Start,
            basic: false,
            unless: None,
        },
        Row {
            path: "width",
            label: "Width",
            help: "Channels of its first feature maps, or units of a hidden layer of an MLP.",
            control: whole(4..=512),
            changes: Start,
            basic: false,
            unless: None,
        },
    ]
}

/// Of the discriminator, beside [`network`].
pub(super) fn hidden() -> Vec<Row> {
    vec![Row {
        path: "d_hidden",
        label: "Hidden layer",
        help: "Units of a layer that sees what all parts of a picture have found before the judge says its score. 0 for none: each stroke is then judged by itself, and drawings between two digits pass.",
        control: whole(0..=1024),
        changes: Start,
        basic: false,
        unless: None,
    }]
}

pub(super) fn learning() -> Vec<Row> {
    vec![
        Row {
            path: "optimiser.kind",
            label: "Optimiser",
            help: "How a gradient becomes a step. Where it changes at a snapshot, what the other one had gathered is forgotten, but between Adam and AdamW.",
            control: choice::<OptimiserKind>(),
            changes: Branch,
            basic: false,
            unless: None,
        },
        Row {
            path: "optimiser.beta1",
            label: "Momentum β₁",
            help: "How long past gradients count. 0 suits GANs best.",
            control: number(0.0..=0.999),
            changes: Branch,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::has_momentum),
        },
        Row {
            path: "optimiser.beta2",
            label: "Smoothing β₂",
            help: "How long past squared gradients count.",
            control: number(0.0..=0.9999),
            changes: Branch,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::is_adaptive),
        },
        Row {
            path: "optimiser.epsilon",
            label: "Optimiser's ε",
            help: "Keeps the division from blowing up.",
            control: ratio(1e-10..=1e-2),
            changes: Branch,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::is_adaptive),
        },
        Row {
            path: "optimiser.weight_decay",
            label: "Weight decay λ",
            help: "All weights shrink by this times the learning rate in each step.",
            control: number(0.0..=1.0),
            changes: Live,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::decays_weights),
        },
        Row {
            path: "schedule.kind",
            label: "Schedule",
            help: "What becomes of its learning rate in the course of the run.",
            control: choice::<ScheduleKind>(),
            changes: Branch,
            basic: false,
            unless: None,
        },
        Row {
            path: "schedule.steps",
            label: "Schedule's steps",
            help: "How many steps the cosine takes, or after how many the inverse square root begins.",
            control: whole(1..=100_000),
            changes: Live,
            basic: false,
            unless: only_for("schedule.kind", ScheduleKind::has_steps),
        },
        Row {
            path: "schedule.end",
            label: "Schedule's end",
            help: "Which part of the learning rate is left after the cosine.",
            control: number(0.0..=1.0),
            changes: Live,
            basic: false,
            unless: only_for("schedule.kind", ScheduleKind::has_end),
        },
        Row {
            path: "schedule.warm_up",
            label: "Warm-up",
            help: "Over so many steps its learning rate rises from 0 (Goyal et al. 2017).",
            control: whole(0..=100_000),
            changes: Live,
            basic: false,
            unless: None,
        },
        Row {
            path: "clip",
            label: "Clip the gradient",
            help: "A gradient whose norm is larger is shortened to this (Pascanu et al. 2013); 0 leaves all as they are.",
            control: number(0.0..=100.0),
            changes: Live,
            basic: false,
            unless: None,
        },
    ]
}
