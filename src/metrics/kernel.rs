//! The kernel distance of two clouds of features (KID): a squared maximum mean discrepancy, which,
//! unlike the Fréchet distance, is not pulled away from zero by a small sample. Arithmetic only.

/// `(x·y / dim + 1)³`, the cubic kernel (Bińkowski et al. 2018, arXiv 1801.01401, section 4).
pub fn cubic(product: f64, dim: usize) -> f64 {
    let base = product / dim as f64 + 1.0;
    base * base * base
}

/// The kernel's sum over pairs of a set's points, each with every other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Within {
    pub sum: f64,
    pub points: usize,
}

/// `Σ_{i≠j} k(xᵢ, xⱼ) / m(m-1) + Σ_{i≠j} k(yᵢ, yⱼ) / n(n-1) - 2 Σ k(xᵢ, yⱼ) / mn`: the unbiased
/// estimate of MMD² (Gretton et al. 2012, Lemma 6; as KID Bińkowski et al. 2018). About 0 for two
/// draws of one distribution, and as often below it as above. `across` is the sum over all pairs of a
/// point of one set with a point of the other. Both sets must have two points at least.
pub fn unbiased(x: Within, y: Within, across: f64) -> f64 {
    let [m, n] = [x, y].map(|set| set.points as f64);
    x.sum / (m * (m - 1.0)) + y.sum / (n * (n - 1.0)) - 2.0 * across / (m * n)
}
