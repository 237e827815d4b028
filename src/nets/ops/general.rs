//! What is rare enough on a GPU to be left to the tensor library. Written for any device, so that the tests
//! hold it to the CPU's.

use burn::tensor::{Int, Tensor, TensorData};

pub fn take(x: Tensor<2>, places: &[u32]) -> Tensor<2> {
    let (shape, device) = (x.dims(), x.device());
    let values: Tensor<1> = x.flatten(0, 1);
    let [end] = values.dims();
    // All that lies beyond is a zero at the end.
    let values = Tensor::cat(vec![values, Tensor::zeros([1], &device)], 0);
    let places: Vec<i32> = places.iter().map(|&p| (p as usize).min(end) as i32).collect();
    let count = places.len();
    let places = Tensor::<1, Int>::from_data(TensorData::new(places, [count]), &device);
    values.select(0, places).reshape(shape)
}
