//! Losses and their gradients on fixed logit vectors, ordinary and extreme, against values from
//! numpy (tests/references/objectives.py).

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
        assert!(mine().count() > 0, "{objective:?} has no references");
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
            let compared = objective.compares().then(|| real.clone());
            let loss = objective.g_loss(compared, fake.clone());
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

/// Where the discriminator cannot tell, the losses are those that theory names.
#[test]
fn losses_at_equilibrium_are_those_that_are_said() {
    for &objective in Objective::ALL {
        let said = objective.equilibrium();
        let even =
            || rows(vec![said.logit.unwrap_or(0.25) as f32; 4], 1, &device::cpu()).autodiff();
        let real = objective.compares().then(even);
        let g_loss = values(objective.g_loss(real, even()).inner());
        let d_loss = values(objective.d_loss(even(), even()).inner());
        for (what, said, found) in [("d", said.d_loss, d_loss), ("g", said.g_loss, g_loss)] {
            let said: Vec<f64> = said.into_iter().collect();
            close(&format!("{objective:?}, {what}_loss"), &said, found[..said.len()].to_vec());
        }
    }
}
