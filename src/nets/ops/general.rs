//! What is rare enough on a GPU to be left to the tensor library. Written for any device, so that the tests
//! hold it to the CPU's.

use burn::tensor::{Int, Tensor, TensorData};

pub fn take(x: Tensor<2>, places: &[u32]) -> Tensor<2> {
    let (shape, device) = (x.dims(), x.device());
    let numbers: Tensor<1> = x.flatten(0, 1);
    let [end] = numbers.dims();
    // All that lies beyond is a zero at the end.
    let numbers = Tensor::cat(vec![numbers, Tensor::zeros([1], &device)], 0);
    let places: Vec<i32> = places.iter().map(|&p| (p as usize).min(end) as i32).collect();
    let count = places.len();
    let places = Tensor::<1, Int>::from_data(TensorData::new(places, [count]), &device);
    numbers.select(0, places).reshape(shape)
}
