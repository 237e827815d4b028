//! Games with points: their charts, the figures by which they are measured, and the Dirac-GAN against its closed form.

use crate::common::driving::{complaints, open, send, tick_until};
use crate::common::training::{preset, train, trainer};
use ganvas::data::DatasetKind;
use ganvas::metrics::Metric;
use ganvas::metrics::dirac::{Dirac, Order, Penalty as DiracPenalty};
use ganvas::recipe::{Objective, Optimiser, Penalty, PenaltyKind, Recipe};
use ganvas::session::Session;
use ganvas::session::protocol::{Chart, Command, Event, Pictures, SampleRequest};
use pollster::block_on;

fn charts(events: &[Event]) -> Vec<Chart> {
    let chart = |event: &Event| match event {
        Event::Charted { chart, .. } => Some(chart.clone()),
        _ => None,
    };
    events.iter().filter_map(chart).collect()
}

/// What happens when a run is loaded and takes so many steps by hand.
fn run(session: &mut Session, recipe: &Recipe, steps: usize) -> Vec<Event> {
    let mut events = send(session, vec![Command::Load { recipe: Box::new(recipe.clone()) }]);
    for _ in 0..steps {
        let player = ganvas::session::protocol::Players::Both;
        events.extend(send(session, vec![Command::Step { player }]));
    }
    assert_eq!(complaints(&events), Vec::<String>::new());
    events
}

#[test]
fn a_chart_comes_with_the_run_and_after_each_step() {
    for name in ["line", "plane", "dirac"] {
        let events = run(&mut open(), &preset(name), 2);
        let charts = charts(&events);
        assert_eq!(charts.len(), 3, "{name}");
        // The scores of a single number cannot be ranked.
        let scored = events.iter().any(|event| matches!(event, Event::Judged { .. }));
        assert_eq!(scored, name != "dirac", "{name}");
        assert_ne!(charts[0], charts[2], "{name}");
    }
}

#[test]
fn a_line_is_charted_as_it_is() {
    let recipe = preset("line");
    let charts = charts(&run(&mut open(), &recipe, 1));
    let Some(Chart::Line {
        range,
        data,
        made,
        exact,
        logits,
        optimum,
        probability,
        latents,
        fakes,
        pushes,
        ..
    }) = charts.last()
    else {
        panic!("{charts:?}")
    };
    let width = (range[1] - range[0]) / data.len() as f64;
    for density in [data, made] {
        let total: f64 = density.iter().map(|&value| f64::from(value) * width).sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
    }
    assert!(*exact && *probability);
    assert_eq!((logits.len(), optimum.len()), (data.len(), data.len()));
    assert_eq!((latents.len(), fakes.len(), pushes.len()), (100, 100, 100));
    // The best discriminator says p / (p + q).
    for ((&p, &q), &logit) in data.iter().zip(made).zip(optimum) {
        let share = 1.0 / (1.0 + (-logit).exp());
        assert!(p + q < 1e-3 || (share - p / (p + q)).abs() < 1e-3, "{p}, {q}: {share}");
    }
}

/// On either side of a spot, points are sent towards what the judge likes better: the slope of its logit.
#[test]
fn points_are_pushed_up_the_logit() {
    let mut recipe = preset("line");
    recipe.objective = Objective::NonSaturating;
    let charts = charts(&run(&mut open(), &recipe, 30));
    let Some(Chart::Line { range, logits, fakes, pushes, .. }) = charts.last() else {
        panic!("no line")
    };
    let width = (range[1] - range[0]) as f32 / logits.len() as f32;
    let mut seen = 0;
    for (&x, &push) in fakes.iter().zip(pushes) {
        let place = ((x - range[0] as f32) / width) as usize;
        if let Some([before, here, after]) = logits.get(place.wrapping_sub(1)..place + 2) {
            let slope = (after - before) / (2.0 * width);
            // Not where the logit has a kink.
            let steady = (here - before) * (after - here) > 0.0;
            if steady && slope.abs() > 1e-2 {
                assert!(slope * push > 0.0, "at {x}: slope {slope}, push {push}");
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_plane_is_charted_from_the_lower_left() {
    let recipe = preset("plane");
    let charts = charts(&run(&mut open(), &recipe, 1));
    let Some(Chart::Plane { cells, logits, lattice, warped, fakes, pushes, modes, .. }) =
        charts.last()
    else {
        panic!("{charts:?}")
    };
    assert_eq!(logits.len(), cells * cells);
    assert_eq!(warped.len(), 2 * (lattice + 1).pow(2));
    assert_eq!((fakes.len(), pushes.len()), (600, 200));
    assert!(modes.is_some());
    // A preview holds the same fakes, as the bytes of their numbers.
    let events = run(&mut open(), &recipe, 1);
    let preview = events.iter().rev().find_map(|event| match event {
        Event::Previewed { pictures, .. } => Some(pictures.clone()),
        _ => None,
    });
    assert_eq!(numbers(&preview.expect("a preview")), *fakes);
}

fn numbers(pictures: &Pictures) -> Vec<f32> {
    let (numbers, _) = pictures.pixels.as_chunks::<4>();
    numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

#[test]
fn points_are_sampled_and_measured() {
    let mut session = open();
    run(&mut session, &preset("plane"), 1);
    let request = SampleRequest { count: 70, seed: 1, ..SampleRequest::default() };
    let commands = vec![
        Command::Sample { id: 3, request },
        Command::Measure { count: 300, seed: 4 },
        Command::Evaluate { count: 10, seed: 1 },
    ];
    let mut events = send(&mut session, commands);
    events.extend(tick_until(&mut session, |session| !session.busy()));
    assert_eq!(complaints(&events), ["bad-command: points are not read: ask to measure them"]);
    let sampled = events.iter().find_map(|event| match event {
        Event::Sampled { pictures, .. } => Some(numbers(pictures)),
        _ => None,
    });
    assert_eq!(sampled.map(|numbers| numbers.len()), Some(140));
    let measured = events.iter().find_map(|event| match event {
        Event::Measured(measurement) => Some(measurement.clone()),
        _ => None,
    });
    let measured = measured.expect("a measurement");
    assert_eq!((measured.count, measured.reference), (300, 2000));
    for metric in
        [Metric::ModesFound, Metric::HighQuality, Metric::SlicedWasserstein, Metric::DLogitGap]
    {
        assert!(measured.figures.contains_key(&metric), "{metric:?}");
    }
    assert_eq!(measured.floor[&Metric::ModesFound], 8.0);
    assert!(measured.floor[&Metric::HighQuality] > 0.95);
}

/// What the data are not made for is refused with its reason.
#[test]
fn what_makes_no_sense_with_points_is_refused() {
    let refused = |change: &dyn Fn(&mut Recipe)| -> Vec<String> {
        let mut recipe = preset("plane");
        change(&mut recipe);
        recipe.validate().into_iter().map(|problem| problem.path).collect()
    };
    assert_eq!(refused(&|_| {}), Vec::<String>::new());
    assert_eq!(refused(&|r| r.conditional = true), ["conditional"]);
    assert_eq!(refused(&|r| r.augment = ganvas::recipe::Augmentation::Cutout), ["augment"]);
    assert_eq!(
        refused(&|r| r.generator.network = ganvas::recipe::Architecture::Dcgan),
        ["generator.network"]
    );
    assert_eq!(
        refused(&|r| r.discriminator.network = ganvas::recipe::Architecture::Dcgan),
        ["discriminator.network"]
    );
    assert_eq!(refused(&|r| r.dataset = DatasetKind::DrawnPlane), Vec::<String>::new());
}

/// Two numbers with plain gradient descent, the discriminator first; its sign is the other way round in the paper.
fn trajectory(recipe: &Recipe, steps: usize) -> Vec<[f64; 2]> {
    let mut run = trainer(recipe);
    let at = |run: &ganvas::train::Trainer| {
        let [theta, psi] = block_on(run.dirac_point()).expect("the CPU");
        [f64::from(theta), -f64::from(psi)]
    };
    let mut points = vec![at(&run)];
    for _ in 0..steps {
        train(&mut run, 1);
        points.push(at(&run));
    }
    points
}

fn dirac(objective: Objective, gamma: Option<f64>, lr: f64) -> Recipe {
    let mut recipe = preset("circles");
    recipe.objective = objective;
    recipe.penalty = match gamma {
        Some(gamma) => Penalty { kind: PenaltyKind::R1, gamma },
        None => Penalty { kind: PenaltyKind::None, ..recipe.penalty },
    };
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        player.optimiser = Optimiser { lr, ..player.optimiser };
    }
    recipe
}

#[test]
fn two_numbers_go_where_the_closed_form_says() {
    let order = Order::DiscriminatorFirst;
    for gamma in [None, Some(0.3), Some(1.0)] {
        let points = trajectory(&dirac(Objective::Wasserstein, gamma, 0.1), 200);
        let penalty = gamma.map_or(DiracPenalty::None, |gamma| DiracPenalty::ZeroCentred { gamma });
        let game = Dirac {
            objective: ganvas::metrics::dirac::Objective::Wasserstein,
            penalty,
            noise: 0.0,
        };
        for (n, point) in points.iter().enumerate() {
            let want = game.after(order, 0.1, points[0], n as u32).expect("a linear game");
            let apart = (point[0] - want[0]).hypot(point[1] - want[1]);
            assert!(apart < 1e-3, "γ {gamma:?}, step {n}: {point:?}, not {want:?}");
        }
    }
    // And where no closed form is, step by step.
    let points = trajectory(&dirac(Objective::NonSaturating, Some(0.3), 0.1), 200);
    let penalty = DiracPenalty::ZeroCentred { gamma: 0.3 };
    let game =
        Dirac { objective: ganvas::metrics::dirac::Objective::NonSaturating, penalty, noise: 0.0 };
    let mut want = points[0];
    for (n, point) in points.iter().enumerate() {
        assert!((point[0] - want[0]).hypot(point[1] - want[1]) < 1e-3, "step {n}");
        want = game.step(order, 0.1, want);
    }
}

#[test]
fn a_penalty_turns_the_circle_into_a_spiral() {
    let far = |points: &[[f64; 2]]| points.iter().map(|[a, b]| a.hypot(*b)).fold(0.0, f64::max);
    for objective in [Objective::Wasserstein, Objective::NonSaturating] {
        let cured = trajectory(&dirac(objective, Some(0.5), 0.1), 1000);
        assert!(far(&cured[900..]) < 1e-3 * far(&cured[..100]), "{objective:?}");
        let circling = trajectory(&dirac(objective, None, 0.1), 1000);
        // In turns the non-saturating game does come nearer, like 1 / √t (`metrics::dirac`).
        assert!(far(&circling[900..]) > 0.1 * far(&circling[..100]), "{objective:?}");
    }
}

/// The field that a chart shows is the paper's, for every objective and penalty that the paper has.
#[test]
fn the_field_is_the_papers() {
    use ganvas::metrics::dirac::Objective as Of;
    for (objective, of) in [
        (Objective::Minimax, Of::Minimax),
        (Objective::NonSaturating, Of::NonSaturating),
        (Objective::Wasserstein, Of::Wasserstein),
    ] {
        for (kind, penalty) in [
            (PenaltyKind::None, DiracPenalty::None),
            (PenaltyKind::R1, DiracPenalty::ZeroCentred { gamma: 0.6 }),
            (PenaltyKind::R1R2, DiracPenalty::ZeroCentred { gamma: 1.2 }),
            (PenaltyKind::WganGp, DiracPenalty::Centred { gamma: 1.2, target: 1.0 }),
        ] {
            let mut recipe = dirac(objective, None, 0.1);
            recipe.penalty = Penalty { kind, gamma: 0.6 };
            let at = [[0.5, -1.5], [-1.0, 0.7], [0.3, 0.2]];
            let field =
                block_on(trainer(&recipe).dirac_field(&at)).expect("the CPU").expect("a field");
            let game = Dirac { objective: of, penalty, noise: 0.0 };
            for ([theta, psi], got) in at.into_iter().zip(field) {
                let [by_theta, by_psi] = game.field([f64::from(theta), -f64::from(psi)]);
                let apart = (f64::from(got[0]) - by_theta).hypot(f64::from(got[1]) + by_psi);
                assert!(
                    apart < 1e-4,
                    "{objective:?}, {kind:?} at {theta}, {psi}: {got:?}, not {by_theta}, {}",
                    -by_psi
                );
            }
        }
    }
}

/// The eigenvalues that a chart names, by differences, are the paper's.
#[test]
fn eigenvalues_are_named() {
    let recipe = dirac(Objective::NonSaturating, Some(0.4), 0.1);
    let charts = charts(&run(&mut open(), &recipe, 0));
    let Some(Chart::Dirac { eigenvalues: Some([a, _]), field, arrows, path, .. }) = charts.first()
    else {
        panic!("{charts:?}")
    };
    // -γ/2 ± √(γ²/4 - f′(0)²)
    assert!((a.re + 0.2).abs() < 1e-3 && (a.im.abs() - 0.21f64.sqrt()).abs() < 1e-3, "{a:?}");
    assert_eq!((field.len(), path.len()), (2 * arrows * arrows, 2));
}
