//! What a GPU computes held to what the CPU does, number by number: each operation (`gpu/ops.rs`), then the gradients
//! of both players, all networks and the updates made of them (`gpu/players.rs`), and a recorded step. Any GPU will do, a Vulkan in software too:
//! `cargo xtask test` takes the one that Chromium brings. Without one these tests say so and pass, but fail where `CI` is set.

mod ops;
mod players;
mod recordings;

use burn::tensor::{Device, Tensor};
use ganvas::device::{self, DeviceKind};
use pollster::block_on;
use std::io::Write;
use std::sync::LazyLock;

/// The GPU, opened once for all tests. Nothing where there is none, but a failure where all must run.
fn gpu() -> Option<&'static Device> {
    static GPU: LazyLock<Result<Device, String>> = LazyLock::new(|| {
        let device = block_on(device::open(DeviceKind::Gpu)).map_err(|error| error.to_string());
        if let Err(reason) = &device {
            // Past the test harness, which keeps to itself what a test prints that passes.
            let line = format!("skipped: nothing is compared on a GPU, as there is none: {reason}");
            writeln!(std::io::stderr(), "{}", line.replace('\n', " ")).ok();
        }
        device
    });
    let must = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false");
    match GPU.as_ref() {
        Ok(device) => Some(device),
        Err(reason) if must => panic!(
            "there is no GPU to compare with the CPU ({reason}): `cargo xtask test` finds the software one that \
             Chromium brings, or install a Vulkan driver (on Debian and Ubuntu `apt-get install mesa-vulkan-drivers`)"
        ),
        Err(_) => None,
    }
}

fn numbers<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    block_on(device::read(tensor.clone())).expect("the device answers")
}

/// The same numbers on another device.
fn on<const D: usize>(device: &Device, tensor: &Tensor<D>) -> Tensor<D> {
    device::tensor(numbers(tensor), tensor.dims(), device)
}

/// What rounding may make of an operation's numbers, of 32 bits: as a share of each number and, since sums round by the
/// size of what they add up, of the largest.
const OPERATION: f32 = 1e-4;
/// The same of a whole network's gradients. A few millionths are usual, and a hundred times as much where a unit lies so
/// near its kink that rounding decides on which side. A hundredth too much is still seen.
const NETWORK: f32 = 1e-3;

/// Where `got` is not `want` up to rounding, if it is not.
fn difference(got: &[f32], want: &[f32], rounding: f32) -> Option<String> {
    let numbers = want.len();
    if got.len() != numbers {
        return Some(format!("{} numbers, not {numbers}", got.len()));
    }
    let largest = want.iter().fold(0.0, |most: f32, x| x.abs().max(most));
    if largest == 0.0 {
        return Some("zeros, which compare nothing".into());
    }
    let pairs = got.iter().zip(want).enumerate();
    // What is not a number is close to none.
    let close = |(g, w): (&f32, &f32)| (g - w).abs() <= rounding * (w.abs() + largest);
    let wrong: Vec<_> = pairs.filter(|&(_, pair)| !close(pair)).collect();
    let (at, (got, want)) = wrong.first()?;
    Some(format!("{got} at {at}, not {want}; {} of {numbers} numbers are wrong", wrong.len()))
}

#[test]
fn a_hundredth_too_much_is_a_difference() {
    let want: Vec<f32> = (-50..50).map(|i| i as f32).collect();
    let with = |factor: f32| want.iter().map(|x| factor * x).collect::<Vec<_>>();
    for rounding in [OPERATION, NETWORK] {
        assert_eq!(difference(&want, &want, rounding), None);
        assert_eq!(difference(&with(1.000_01), &want, rounding), None);
        for factor in [0.0, 0.99, 1.01, -1.0, 10.0, f32::NAN] {
            assert!(difference(&with(factor), &want, rounding).is_some(), "{factor} times as much");
        }
        let mut one_is_wrong = want.clone();
        one_is_wrong[90] *= 1.01;
        assert!(difference(&one_is_wrong, &want, rounding).is_some());
        assert!(difference(&want[1..], &want, rounding).is_some());
        assert!(difference(&[0.0], &[0.0], rounding).is_some());
    }
}
