//! Where tensors live: the CPU (burn-flex) or a GPU (burn-wgpu). The only place that names a
//! backend, and the only way back from it.

#[cfg(feature = "gpu")]
pub mod buffer;
#[cfg(feature = "cpu")]
mod cpu_tensor;
#[cfg(feature = "cpu")]
mod memory;

#[cfg(feature = "cpu")]
pub use cpu_tensor::CpuTensor;

use crate::error::{Error, Result};
#[cfg(feature = "gpu")]
use burn::tensor::TensorData;
use burn::tensor::{Device, Tensor, Transaction};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    Cpu,
    Gpu,
}

impl DeviceKind {
    pub fn name(self) -> &'static str {
        match self {
            DeviceKind::Cpu => "cpu",
            DeviceKind::Gpu => "gpu",
        }
    }

    /// Where a tensor lives.
    pub fn of<const D: usize>(tensor: &Tensor<D>) -> Self {
        Self::at(&tensor.device())
    }

    fn at(device: &Device) -> Self {
        match device.as_dispatch() {
            #[cfg(feature = "cpu")]
            burn::backend::DispatchDevice::Flex(_) => DeviceKind::Cpu,
            #[allow(unreachable_patterns)]
            _ => DeviceKind::Gpu,
        }
    }

    /// The kind that this program was built for; the CPU where it can do both.
    pub fn built_in() -> Self {
        if cfg!(feature = "cpu") { DeviceKind::Cpu } else { DeviceKind::Gpu }
    }
}

/// Opens the device. Call once per page, worker or process.
///
/// # Errors
/// When this program was built without that kind, or there is no such device.
pub async fn open(kind: DeviceKind) -> Result<Device> {
    match kind {
        #[cfg(feature = "cpu")]
        DeviceKind::Cpu => Ok(cpu()),
        #[cfg(feature = "gpu")]
        DeviceKind::Gpu => {
            // Few, large submissions: a step is about a hundred dispatches.
            Device::wgpu_options()
                .tasks_max(64)
                .init_async()
                .await
                .map_err(|e| Error::Device { device: kind.name().into(), reason: e.to_string() })
        }
        #[allow(unreachable_patterns)]
        _ => Err(Error::Device {
            device: kind.name().into(),
            reason: format!(
                "this program was built without it; build with `--features {}`",
                kind.name()
            ),
        }),
    }
}

/// The CPU.
#[cfg(feature = "cpu")]
pub fn cpu() -> Device {
    memory::keep();
    Device::flex()
}

/// Moves values to a device.
pub fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    match DeviceKind::at(device) {
        #[cfg(feature = "cpu")]
        DeviceKind::Cpu => CpuTensor::tensor(values, shape),
        #[cfg(feature = "gpu")]
        DeviceKind::Gpu => Tensor::from_data(TensorData::new(values, shape), device),
        #[allow(unreachable_patterns)]
        kind => unreachable!("a device is {kind:?}, which this program was built without"),
    }
}

/// Reads a tensor back, in the only way that works in a browser.
///
/// # Errors
/// The device's own.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    Ok(read_all(vec![tensor]).await?.pop().unwrap_or_default())
}

/// Reads several tensors back in one transaction.
///
/// # Errors
/// The device's own.
pub async fn read_all<const D: usize>(tensors: Vec<Tensor<D>>) -> Result<Vec<Vec<f32>>> {
    let failed = |reason: String| Error::Device { device: "compute".into(), reason };
    tensors
        .into_iter()
        .fold(Transaction::default(), |t, tensor| t.register(tensor))
        .execute_async()
        .await
        .map_err(|e| failed(e.to_string()))?
        .into_iter()
        .map(|data| data.try_into_vec::<f32>().map_err(|e| failed(format!("{e:?}"))))
        .collect()
}
