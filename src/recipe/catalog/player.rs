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
            unless: Vec::new(),
        },
        Row {
            path: "network",
            label: "Network",
            help: "Its architecture.",
            control: choice::<Architecture>(),
            changes: Start,
            basic: false,
            unless: Vec::new(),
        },
        Row {
            path: "width",
            label: "Width",
            help: "Channels of the first feature maps of a convolutional network, or units per hidden layer of an MLP.",
            control: whole(4..=512),
            changes: Start,
            basic: false,
            unless: Vec::new(),
        },
    ]
}

/// Of the discriminator, beside [`network`].
pub(super) fn hidden() -> Vec<Row> {
    vec![Row {
        path: "d_hidden",
        label: "Hidden layer",
        help: "Units of a fully connected layer before the score, so that the judge sees the picture as a whole. At 0 a convolutional judge only adds up local evidence, and drawings between two digits pass.",
        control: whole(0..=1024),
        changes: Start,
        basic: false,
        unless: Vec::new(),
    }]
}

pub(super) fn learning() -> Vec<Row> {
    vec![
        Row {
            path: "optimiser.kind",
            label: "Optimiser",
            help: "How a gradient becomes a step. If you change the optimiser when branching from a snapshot, its accumulated state is reset, except between Adam and AdamW.",
            control: choice::<OptimiserKind>(),
            changes: Branch,
            basic: false,
            unless: Vec::new(),
        },
        Row {
            path: "optimiser.beta1",
            label: "Momentum β₁",
            help: "How much past gradients carry over into each step. 0 suits GANs best.",
            control: number(0.0..=0.999),
            changes: Branch,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::has_momentum),
        },
        Row {
            path: "optimiser.beta2",
            label: "Smoothing β₂",
            help: "Decay of the running average of squared gradients: the closer to 1, the longer its memory.",
            control: number(0.0..=0.9999),
            changes: Branch,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::is_adaptive),
        },
        Row {
            path: "optimiser.epsilon",
            label: "Optimiser ε",
            help: "Added to the denominator, so that a tiny gradient cannot make a huge step.",
            control: ratio(1e-10..=1e-2),
            changes: Branch,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::is_adaptive),
        },
        Row {
            path: "optimiser.weight_decay",
            label: "Weight decay λ",
            help: "Each step shrinks every weight by λ times the learning rate.",
            control: number(0.0..=1.0),
            changes: Live,
            basic: false,
            unless: only_for("optimiser.kind", OptimiserKind::decays_weights),
        },
        Row {
            path: "schedule.kind",
            label: "Schedule",
            help: "How the learning rate changes during the run.",
            control: choice::<ScheduleKind>(),
            changes: Branch,
            basic: false,
            unless: Vec::new(),
        },
        Row {
            path: "schedule.steps",
            label: "Schedule steps",
            help: "How many steps the cosine takes, or after how many the inverse square root sets in.",
            control: whole(1..=100_000),
            changes: Live,
            basic: false,
            unless: only_for("schedule.kind", ScheduleKind::has_steps),
        },
        Row {
            path: "schedule.end",
            label: "Schedule end",
            help: "Fraction of the learning rate that is left after the cosine.",
            control: number(0.0..=1.0),
            changes: Live,
            basic: false,
            unless: only_for("schedule.kind", ScheduleKind::has_end),
        },
        Row {
            path: "schedule.warm_up",
            label: "Warm-up",
            help: "Steps over which the learning rate rises linearly from 0 (Goyal et al. 2017).",
            control: whole(0..=100_000),
            changes: Live,
            basic: false,
            unless: Vec::new(),
        },
        Row {
            path: "clip",
            label: "Gradient clipping",
            help: "A gradient with a larger norm is scaled down to this norm (Pascanu et al. 2013); 0 turns clipping off.",
            control: number(0.0..=100.0),
            changes: Live,
            basic: false,
            unless: Vec::new(),
        },
    ]
}
