//! Losses and their gradients on fixed logit vectors, ordinary and extreme, against values from numpy
//! (`python tests/references/objectives.py`), and all else that an objective says of itself against its losses.

use burn::tensor::{Gradients, Tensor};
use ganvas::device;
use ganvas::nets::params::rows;
use ganvas::recipe::{Described, Objective};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    objective: Objective,
    batch: String,
    real: Vec<f32>,
    fake: Vec<f32>,
    d_loss: f64,
    d_grad_real: Vec<f64>,
    d_grad_fake: Vec<f64>,
    g_loss: f64,
    g_grad_real: Vec<f64>,
    g_grad_fake: Vec<f64>,
}

#[test]
fn losses_and_gradients_match_the_references() {
    let json = include_str!("references/objectives.json");
    let references: Vec<Reference> = serde_json::from_str(json).expect("the references are JSON");
    for &objective in Objective::ALL {
        let mine = || references.iter().filter(|r| r.objective == objective);
        assert!(
            mine().count() > 0,
            "{objective:?} has no references: add it to tests/references/objectives.py and run that"
        );
        for r in mine() {
            let what = format!("{objective:?}, {} batch", r.batch);
            let logits =
                |values: &[f32]| rows(values.to_vec(), 1, &device::cpu()).autodiff().require_grad();

            let (real, fake) = (logits(&r.real), logits(&r.fake));
            let loss = objective.d_loss(real.clone(), fake.clone());
            let mut grads = loss.backward();
            close(&format!("{what}, d_loss"), &[r.d_loss], values(loss.inner()));
            close(&format!("{what}, d by real"), &r.d_grad_real, gradient(&real, &mut grads));
            close(&format!("{what}, d by fake"), &r.d_grad_fake, gradient(&fake, &mut grads));

            let (real, fake) = (logits(&r.real), logits(&r.fake));
            let loss = objective.g_loss(|| real.clone(), fake.clone());
            let mut grads = loss.backward();
            close(&format!("{what}, g_loss"), &[r.g_loss], values(loss.inner()));
            close(&format!("{what}, g by real"), &r.g_grad_real, gradient(&real, &mut grads));
            close(&format!("{what}, g by fake"), &r.g_grad_fake, gradient(&fake, &mut grads));
        }
    }
}

fn values<const D: usize>(t: Tensor<D>) -> Vec<f64> {
    t.into_data().try_into_vec::<f32>().expect("f32").into_iter().map(f64::from).collect()
}

/// Zero where the loss does not look at these logits.
fn gradient(logits: &Tensor<2>, grads: &mut Gradients) -> Vec<f64> {
    match logits.grad_remove(grads) {
        Some(gradient) => values(gradient),
        None => vec![0.0; logits.dims()[0]],
    }
}

fn close(what: &str, want: &[f64], got: Vec<f64>) {
    assert_eq!(want.len(), got.len(), "{what}");
    for (w, g) in want.iter().zip(&got) {
        assert!((w - g).abs() < 1e-5 * w.abs().max(1.0), "{what}: {got:?}, not {want:?}");
    }
}

/// Where the discriminator cannot tell, the losses are those that theory names. Where it names none, there is none:
/// the loss follows the logits.
#[test]
fn losses_at_equilibrium_are_those_that_are_said() {
    for &objective in Objective::ALL {
        let said = objective.equilibrium();
        let losses = |logit: f64| {
            let even = || rows(vec![logit as f32; 4], 1, &device::cpu()).autodiff();
            let losses = [objective.d_loss(even(), even()), objective.g_loss(even, even())];
            losses.map(|loss| values(loss.inner())[0])
        };
        let logit = said.logit.unwrap_or(0.25);
        let found = losses(logit);
        let elsewhere = losses(logit + 0.5);
        let of = [("d", said.d_loss), ("g", said.g_loss)];
        for ((what, said), (found, elsewhere)) in
            of.into_iter().zip(found.into_iter().zip(elsewhere))
        {
            let what = format!("{objective:?}, {what}_loss at its equilibrium");
            match said {
                Some(said) => close(&what, &[said], vec![found]),
                None => assert!(found != elsewhere, "{what} is {found}: say so"),
            }
        }
    }
}

/// Logits of a batch of no special kind.
const REAL: [f32; 4] = [1.5, -0.25, 0.5, -2.0];
const FAKE: [f32; 4] = [-1.25, 0.5, 0.125, 1.75];

/// The discriminator's loss on logits.
fn d_loss(objective: Objective, [real, fake]: [&[f32]; 2]) -> f64 {
    let logits = |values: &[f32]| rows(values.to_vec(), 1, &device::cpu()).autodiff();
    values(objective.d_loss(logits(real), logits(fake)).inner())[0]
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-5
}

#[test]
fn an_objective_is_shift_invariant_if_it_says_so() {
    for &objective in Objective::ALL {
        let [real, fake] = [REAL, FAKE].map(|logits| logits.map(|logit| logit + 0.75));
        let moved = d_loss(objective, [&real, &fake]);
        let invariant = same(moved, d_loss(objective, [&REAL, &FAKE]));
        assert_eq!(
            invariant,
            objective.is_shift_invariant(),
            "{objective:?}: is_shift_invariant in its SPEC is not what its d_loss does"
        );
    }
}

#[test]
fn an_objective_couples_the_batch_if_it_says_so() {
    for &objective in Objective::ALL {
        let alone = |i: usize| d_loss(objective, [&REAL[i..=i], &FAKE[i..=i]]);
        let mean = (0..REAL.len()).map(alone).sum::<f64>() / REAL.len() as f64;
        let couples = !same(mean, d_loss(objective, [&REAL, &FAKE]));
        assert_eq!(
            couples,
            objective.couples_batch(),
            "{objective:?}: couples_batch in its SPEC is not what its d_loss does"
        );
    }
}

/// [`Objective::smoothing`] is of the cross entropy.
#[test]
fn an_objective_classifies_by_cross_entropy_if_it_says_so() {
    let softplus = |x: f32| f64::from(x).exp().ln_1p();
    let entropies = REAL.iter().zip(FAKE).map(|(&r, f)| softplus(-r) + softplus(f));
    let entropy = entropies.sum::<f64>() / REAL.len() as f64;
    for &objective in Objective::ALL {
        let classifies = same(entropy, d_loss(objective, [&REAL, &FAKE]));
        assert_eq!(
            classifies,
            objective.classifies(),
            "{objective:?}: classifies in its SPEC is not what its d_loss does"
        );
    }
}
