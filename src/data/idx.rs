//! The IDX format of MNIST's files.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("placeholder")]
    Placeholder,
}
impl DataError {
    pub fn code(&self) -> &'static str {
        "placeholder"
    }
}
