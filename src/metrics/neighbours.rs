//! Precision, recall, density and coverage: who lies within reach of whose neighbours. Counting on
//! squared distances; where these come from is the caller's affair.

/// Neighbours that precision and recall look at (Kynkäänniemi et al. 2019).
pub const FEW: usize = 3;
/// Neighbours that density and coverage look at (Naeem et al. 2020).
pub const MORE: usize = 5;

/// Squared distances from a point to its third and fifth nearest in its own set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub few: f32,
    pub more: f32,
}

impl Reach {
    /// From a point's squared distances to all of its set, in which it is number `itself`. Infinite
    /// where there are not enough others.
    pub fn of(distances: &[f32], itself: usize) -> Self {
        let mut nearest = [f32::INFINITY; MORE];
        let (before, after) = distances.split_at(itself);
        for &distance in before.iter().chain(&after[1..]) {
            if distance < nearest[MORE - 1] {
                let place = nearest.partition_point(|&near| near <= distance);
                nearest[place..].rotate_right(1);
                nearest[place] = distance;
            }
        }
        Self { few: nearest[FEW - 1], more: nearest[MORE - 1] }
    }
}

/// Counts while the real points pass by, one after another.
#[derive(Clone, Debug, Default)]
pub struct Overlap {
    reals: usize,
    /// Which fakes lie within reach of a real point.
    precise: Vec<bool>,
    recalled: usize,
    covered: usize,
    /// Pairs of a fake within reach of a real point.
    inside: u64,
}

impl Overlap {
    /// The next real point: its reach among reals, its squared distances to all fakes, and their
    /// reach among each other.
    pub fn add(&mut self, real: Reach, distances: &[f32], fakes: &[Reach]) {
        self.reals += 1;
        self.precise.resize(fakes.len(), false);
        let (mut recalled, mut inside) = (false, 0);
        for ((&distance, fake), precise) in distances.iter().zip(fakes).zip(&mut self.precise) {
            *precise |= distance < real.few;
            recalled |= distance < fake.few;
            inside += u64::from(distance < real.more);
        }
        self.recalled += usize::from(recalled);
        self.covered += usize::from(inside > 0);
        self.inside += inside;
    }

    /// Share of fakes within reach of a real point, k = 3 (Kynkäänniemi et al. 2019, arXiv 1904.06991,
    /// eq. 1 to 2).
    pub fn precision(&self) -> f64 {
        let precise = self.precise.iter().filter(|&&precise| precise).count();
        precise as f64 / self.fakes()
    }

    /// Share of real points within reach of a fake, k = 3 (the same).
    pub fn recall(&self) -> f64 {
        self.recalled as f64 / self.reals as f64
    }

    /// `Σ_fakes Σ_reals 1(within reach of the real) / k·fakes`, k = 5: may exceed 1 (Naeem et al. 2020,
    /// arXiv 2002.09797, eq. 3).
    pub fn density(&self) -> f64 {
        self.inside as f64 / (MORE as f64 * self.fakes())
    }

    /// Share of real points with a fake within their reach, k = 5 (the same, eq. 4).
    pub fn coverage(&self) -> f64 {
        self.covered as f64 / self.reals as f64
    }

    fn fakes(&self) -> f64 {
        self.precise.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reach_leaves_the_point_itself_out() {
        let distances = [9.0, 4.0, 0.0, 1.0, 4.0, 25.0, 16.0];
        assert_eq!(Reach::of(&distances, 2), Reach { few: 4.0, more: 16.0 });
        // A twin is a neighbour, at no distance.
        assert_eq!(Reach::of(&[0.0, 0.0, 1.0, 2.0], 0), Reach { few: 2.0, more: f32::INFINITY });
    }
}
