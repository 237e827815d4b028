pub mod data;
pub mod device;
pub mod error;
pub mod gan;
pub mod metrics;
pub mod nets;
pub mod recipe;
pub mod rng;
pub mod session;
pub mod train;

pub use error::{Error, Result};

#[macro_export]
macro_rules! recipe_described {
    ($t:ident { $($v:ident: $l:literal),* }) => {
        impl $crate::recipe::Described for $t {
            const ALL: &'static [Self] = &[$(Self::$v),*];
            fn label(self) -> &'static str { match self { $(Self::$v => $l),* } }
            fn help(self) -> &'static str { "" }
        }
    };
}
