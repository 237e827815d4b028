//! MNIST itself. What needs it fails without it: a test that passes unseen would say more than is known.

use ganvas::data::{Base, Digits, Source, idx};
use std::path::PathBuf;

/// One of MNIST's two halves, `train` or `t10k`.
pub fn mnist(half: &str) -> Digits {
    let named = std::env::var_os("GANVAS_MNIST_DIR").filter(|folder| !folder.is_empty());
    let Some(folder) = named.map(PathBuf::from) else {
        panic!(
            "this test needs MNIST: name its folder in GANVAS_MNIST_DIR, or let `cargo xtask data` \
             download it and run `cargo xtask test unit`"
        );
    };
    let file = |name: String| {
        let (plain, packed) = (folder.join(&name), folder.join(name + ".gz"));
        let path = if plain.exists() { plain } else { packed };
        std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    let images = file(format!("{half}-images-idx3-ubyte"));
    let labels = file(format!("{half}-labels-idx1-ubyte"));
    idx::read_pair(&images, &labels).expect("MNIST")
}

/// The whole training set.
pub fn training_set() -> Source {
    let digits = mnist("train");
    let total = digits.len();
    let mut source = Source::new(Base::Mnist);
    source.add(digits, total).expect("the training set");
    source
}
