//! Every figure that says how good pictures are or how even the game is: its name, words, formula and
//! paper. The page's table, the command line's JSON and plot, and docs/metrics.md are made from this or
//! held to it; how a figure is computed stands in its own file.

use crate::describe::Paper;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::VariantArray;

/// A figure by its name; the names are part of the protocol and of files.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    ModesFound,
    HighQuality,
    ModeKl,
    JensenShannon,
    Wasserstein,
    KlDivergence,
    ReverseKl,
    SlicedWasserstein,
    FrechetDistance,
    AbsoluteDifference,
    Psnr,
    Ssim,
    ForthDifference,
    CycleError,
    Motion,
    FilmDistance,
    StackedModes,
    KernelDistance,
    ClassifierScore,
    LabelAccuracy,
    ClassKl,
    Modes,
    Precision,
    Recall,
    Density,
    Coverage,
    DAccuracyReal,
    DAccuracyFake,
    DLogitGap,
    DHeldOutGap,
}

/// What is known of some pictures: a figure that cannot be had, such as the label accuracy of an
/// unconditional run, is not there.
pub type Figures = BTreeMap<Metric, f64>;

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    Higher,
    Lower,
    /// Neither: there is an ideal in between, or none.
    Neither,
}

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// From 0 to 1, read as a percentage.
    Share,
    /// A whole number.
    Count,
    Number,
}

/// A figure as a shell shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricEntry {
    pub name: Metric,
    pub label: String,
    /// What it says, and what it is blind to.
    pub help: String,
    pub formula: String,
    pub paper: Paper,
    /// What it is computed from: so many of what.
    pub sample: String,
    pub better: Better,
    /// What perfect pictures, or a perfect match of the players, would read.
    pub ideal: Option<f64>,
    pub unit: Unit,
}

impl Metric {
    /// Every figure, in the order in which a table shows it: that of the declaration.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Whether it is one of points, whose distribution is known.
    pub fn is_of_points(self) -> bool {
        matches!(
            self,
            Self::ModesFound
                | Self::HighQuality
                | Self::ModeKl
                | Self::JensenShannon
                | Self::Wasserstein
                | Self::KlDivergence
                | Self::ReverseKl
                | Self::SlicedWasserstein
        )
    }

    /// Whether only some games have it: those that translate, which know what a drawing should be, make films, or stack digits.
    pub fn is_of_some_games(self) -> bool {
        matches!(
            self,
            Self::AbsoluteDifference
                | Self::Psnr
                | Self::Ssim
                | Self::ForthDifference
                | Self::CycleError
                | Self::Motion
                | Self::FilmDistance
                | Self::StackedModes
        )
    }

    /// The words for it.
    pub fn entry(self) -> MetricEntry {
        use {Better::*, Unit::*};
        let (label, help, formula) = self.words();
        let (better, ideal, unit) = match self {
            Self::ModesFound => (Higher, None, Count),
            Self::HighQuality => (Higher, None, Share),
            Self::ModeKl
            | Self::JensenShannon
            | Self::Wasserstein
            | Self::KlDivergence
            | Self::ReverseKl
            | Self::SlicedWasserstein => (Lower, Some(0.0), Number),
            Self::FrechetDistance
            | Self::KernelDistance
            | Self::ClassKl
            | Self::AbsoluteDifference
            | Self::ForthDifference
            | Self::CycleError
            | Self::FilmDistance => (Lower, Some(0.0), Number),
            Self::StackedModes => (Higher, None, Count),
            Self::Psnr => (Higher, None, Number),
            Self::Ssim => (Higher, Some(1.0), Number),
            Self::Motion => (Neither, Some(1.0), Share),
            Self::ClassifierScore => (Higher, Some(10.0), Number),
            Self::Modes => (Higher, Some(10.0), Count),
            Self::Density => (Higher, Some(1.0), Number),
            Self::LabelAccuracy | Self::Precision | Self::Recall | Self::Coverage => {
                (Higher, Some(1.0), Share)
            }
            Self::DAccuracyReal | Self::DAccuracyFake => (Neither, Some(0.5), Share),
            Self::DLogitGap => (Neither, None, Number),
            Self::DHeldOutGap => (Lower, Some(0.0), Number),
        };
        let (citation, url) = self.paper();
        MetricEntry {
            name: self,
            label: label.into(),
            help: help.into(),
            formula: formula.into(),
            paper: Paper::new(citation, url),
            sample: self.sample().into(),
            better,
            ideal,
            unit,
        }
    }

    /// Label, help and formula.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ModesFound => (
                "Modes found",
                "Spots of the data that at least one point has reached: fewer than all means that some are lost.",
                "#{modes with a point within 3σ}",
            ),
            Self::HighQuality => (
                "Points in a spot",
                "Share of points within three standard deviations of the nearest spot; the others lie between. Of the data themselves 98.9 % do.",
                "P(|x − nearest mode| ≤ 3σ)",
            ),
            Self::ModeKl => (
                "Unevenness of the spots",
                "KL divergence of the spots’ shares of the points from equal shares, in nats: 0 when they are even.",
                "Σ h ln(k h), h the share of each of k modes",
            ),
            Self::JensenShannon => (
                "Jensen-Shannon divergence",
                "How far the density of the points lies from that of the data, in nats: 0 when they agree, 0.69 when they never meet. It is what the first GAN’s artist makes small against the best judge.",
                "½ KL(p ‖ m) + ½ KL(q ‖ m), m = (p + q) / 2",
            ),
            Self::Wasserstein => (
                "Wasserstein distance",
                "How far the points have to be moved, on average, to be distributed as the data are. Unlike a divergence it also falls while they are still apart.",
                "∫ |P(x) − Q(x)| dx",
            ),
            Self::KlDivergence => (
                "KL divergence",
                "Large where the data have something that the points lack. Infinite, and not shown, where a part of the histogram is empty.",
                "∫ p ln(p / q) dx",
            ),
            Self::ReverseKl => (
                "Reverse KL divergence",
                "Large where there are points that the data lack. Infinite, and not shown, where there are some that the data never have.",
                "∫ q ln(q / p) dx",
            ),
            Self::SlicedWasserstein => (
                "Sliced Wasserstein distance",
                "The Wasserstein distance between points and data as they look from one side, averaged over sixteen sides of the plane.",
                "mean over θ of ∫ |P(θ·x) − Q(θ·x)| dx",
            ),
            Self::FrechetDistance => (
                "Fréchet distance",
                "Distance between the features of drawings and of real digits, both treated as normal distributions. Biased upwards for small sets: compare it with the value for real digits.",
                "‖μ − μ′‖² + Tr(C + C′ − 2(CC′)^½)",
            ),
            Self::AbsoluteDifference => (
                "Distance to the truth",
                "Mean difference between the pixels of a drawing and of the true digit, black being 0 and white 1. A blur can be nearer than a sharp guess that is wrong.",
                "E |G(x) − y|",
            ),
            Self::Psnr => (
                "PSNR",
                "Peak signal-to-noise ratio in decibels: how small the squared difference from the true digit is. It, too, prefers a blur to a sharp guess.",
                "10 lg (255² / E (G(x) − y)²)",
            ),
            Self::Ssim => (
                "SSIM",
                "Structural similarity to the true digit: whether brightness, contrast and pattern agree within small windows. 1 means equal.",
                "(2μμ′ + c₁)(2σ₁₂ + c₂) / ((μ² + μ′² + c₁)(σ² + σ′² + c₂))",
            ),
            Self::ForthDifference => (
                "Distance to the true style",
                "The same the other way: mean difference between what became of a plain digit and what the style really makes of it, which no artist was shown.",
                "E |F(y) − style(y)|",
            ),
            Self::CycleError => (
                "Cycle error",
                "Mean difference between a picture and what has become of it away and back, over both ways. Small is easy for artists that change nothing: look at the other figures too.",
                "½ E |F(G(x)) − x| + ½ E |G(F(y)) − y|",
            ),
            Self::Motion => (
                "Motion",
                "How much a pixel changes from one frame to the next, as a share of what it does in real films. 0 is a still picture; far above 1 it flickers.",
                "E |fₜ₊₁ − fₜ| of films / the same of real ones",
            ),
            Self::FilmDistance => (
                "Fréchet distance of films",
                "The Fréchet distance of whole films: of the features of all their frames together, so that it also sees how they move.",
                "‖μ − μ′‖² + Tr(C + C′ − 2(CC′)^½) of all frames’ features",
            ),
            Self::StackedModes => (
                "Numbers found",
                "Of the thousand numbers that three digits make, those that at least one drawing shows. Even among 2,000 real ones some 135 are missing by chance.",
                "#{numbers from 000 to 999 that occur}",
            ),
            Self::KernelDistance => (
                "Kernel distance (KID)",
                "The same question without assuming a distribution, and unbiased for small sets.",
                "E k(x, x′) + E k(y, y′) − 2 E k(x, y), k = (x·y/64 + 1)³",
            ),
            Self::ClassifierScore => (
                "Classifier score",
                "Is every drawing clearly one digit, and do all ten occur? Blind to repetition within a digit.",
                "exp E KL(p(y|x) ‖ p(y))",
            ),
            Self::LabelAccuracy => (
                "Read as asked",
                "Share of drawings that the reader, a classifier, takes for the digit asked for.",
                "P(reader(G(z, y)) = y)",
            ),
            Self::ClassKl => (
                "Unevenness of digits",
                "KL divergence of the shares of the ten digits from equal shares, in nats: 2.30 when only one digit is drawn.",
                "Σ p ln(10 p)",
            ),
            Self::Modes => (
                "Digits that occur",
                "Digits that each make up more than 1 % of the drawings: fewer than ten means some have vanished.",
                "#{y : p(y) > 0.01}",
            ),
            Self::Precision => (
                "Precision",
                "Share of drawings close to a real digit. Stays high even if all drawings are the same: see recall.",
                "share of fakes nearer to a real one than its 3rd neighbour",
            ),
            Self::Recall => (
                "Recall",
                "Share of real digits close to a drawing: how much of the real variety is covered.",
                "share of reals nearer to a fake than its 3rd neighbour",
            ),
            Self::Density => (
                "Density",
                "How densely real digits surround a drawing; above 1 where real digits crowd together. Outliers among them hardly affect it.",
                "mean over fakes of #{reals whose 5th neighbour is farther} / 5",
            ),
            Self::Coverage => (
                "Coverage",
                "Share of real digits that have a drawing close by.",
                "share of reals with a fake nearer than their 5th neighbour",
            ),
            Self::DAccuracyReal => (
                "Judge right on real digits",
                "At one half the judge can only guess. Undefined for relativistic and Wasserstein losses, which use only differences between scores.",
                "P(D(x) > t), t the score at which the judge can only guess",
            ),
            Self::DAccuracyFake => (
                "Judge right on drawings",
                "At one half the judge can only guess; at 100 % it has little left to teach.",
                "P(D(G(z)) ≤ t), t the score at which the judge can only guess",
            ),
            Self::DLogitGap => (
                "Judge’s gap",
                "The judge’s mean score of real digits minus that of drawings: small but above 0 means a good match.",
                "E D(x) − E D(G(z))",
            ),
            Self::DHeldOutGap => (
                "Judge’s memory",
                "The judge’s mean score of training digits minus that of held-out ones: above 0 it is memorising the training set.",
                "E D(x) − E D(x′), x′ held out",
            ),
        }
    }

    /// Who proposed it, and where.
    fn paper(self) -> (&'static str, &'static str) {
        match self {
            Self::ModesFound | Self::HighQuality => {
                ("Srivastava et al. 2017", "https://arxiv.org/abs/1705.07761")
            }
            Self::ModeKl => ("Lin et al. 2018", "https://arxiv.org/abs/1712.04086"),
            Self::JensenShannon => ("Goodfellow et al. 2014", "https://arxiv.org/abs/1406.2661"),
            Self::Wasserstein => ("Arjovsky et al. 2017", "https://arxiv.org/abs/1701.07875"),
            Self::KlDivergence | Self::ReverseKl => {
                ("Kullback & Leibler 1951", "https://doi.org/10.1214/aoms/1177729694")
            }
            Self::SlicedWasserstein => {
                ("Bonneel et al. 2015", "https://doi.org/10.1007/s10851-014-0506-3")
            }
            Self::FrechetDistance => ("Heusel et al. 2017", "https://arxiv.org/abs/1706.08500"),
            Self::AbsoluteDifference => ("Isola et al. 2017", "https://arxiv.org/abs/1611.07004"),
            Self::FilmDistance => ("Unterthiner et al. 2018", "https://arxiv.org/abs/1812.01717"),
            Self::Motion => ("Tulyakov et al. 2018", "https://arxiv.org/abs/1707.04993"),
            Self::StackedModes => ("Metz et al. 2016", "https://arxiv.org/abs/1611.02163"),
            Self::ForthDifference | Self::CycleError => {
                ("Zhu et al. 2017", "https://arxiv.org/abs/1703.10593")
            }
            Self::Psnr => ("Ledig et al. 2017", "https://arxiv.org/abs/1609.04802"),
            Self::Ssim => ("Wang et al. 2004", "https://doi.org/10.1109/TIP.2003.819861"),
            Self::KernelDistance => ("Bińkowski et al. 2018", "https://arxiv.org/abs/1801.01401"),
            Self::ClassifierScore => ("Salimans et al. 2016", "https://arxiv.org/abs/1606.03498"),
            Self::LabelAccuracy => ("Odena et al. 2017", "https://arxiv.org/abs/1610.09585"),
            Self::ClassKl | Self::Modes => {
                ("Srivastava et al. 2017", "https://arxiv.org/abs/1705.07761")
            }
            Self::Precision | Self::Recall => {
                ("Kynkäänniemi et al. 2019", "https://arxiv.org/abs/1904.06991")
            }
            Self::Density | Self::Coverage => {
                ("Naeem et al. 2020", "https://arxiv.org/abs/2002.09797")
            }
            Self::DAccuracyReal | Self::DAccuracyFake => {
                ("Goodfellow et al. 2014", "https://arxiv.org/abs/1406.2661")
            }
            Self::DLogitGap => ("Arjovsky et al. 2017", "https://arxiv.org/abs/1701.07875"),
            Self::DHeldOutGap => ("Karras et al. 2020", "https://arxiv.org/abs/2006.06676"),
        }
    }

    fn sample(self) -> &'static str {
        match self {
            Self::ModesFound | Self::HighQuality | Self::ModeKl => {
                "points and the spots of the data"
            }
            Self::JensenShannon | Self::Wasserstein | Self::KlDivergence | Self::ReverseKl => {
                "points and the density of the data"
            }
            Self::SlicedWasserstein => "points and as many of the data",
            Self::ClassifierScore | Self::LabelAccuracy | Self::ClassKl | Self::Modes => "drawings",
            Self::FrechetDistance
            | Self::KernelDistance
            | Self::Precision
            | Self::Recall
            | Self::Density
            | Self::Coverage => "drawings and held-out real digits",
            Self::AbsoluteDifference | Self::Psnr | Self::Ssim => {
                "drawings and the digits that they should be"
            }
            Self::ForthDifference => "plain digits in style and what the style makes of them",
            Self::FilmDistance => "films and real films of held-out digits",
            Self::Motion => "films and real films of the training",
            Self::StackedModes => "drawings",
            Self::CycleError => "pictures and what comes back of them",
            Self::DAccuracyReal => "real digits of the training",
            Self::DAccuracyFake => "drawings",
            Self::DLogitGap => "drawings and real digits of the training",
            Self::DHeldOutGap => "real digits of the training and held-out ones",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_explained() {
        for metric in Metric::ALL {
            let entry = metric.entry();
            assert!(entry.paper.url.starts_with("https://"), "{metric:?}");
            assert!(entry.help.ends_with('.'), "{metric:?}");
        }
    }

    /// What `docs/metrics.md` must say of each.
    #[test]
    fn the_documentation_names_every_figure_with_its_paper() {
        let docs = include_str!("../../docs/metrics.md");
        for metric in Metric::ALL {
            let name = serde_json::to_string(metric).unwrap().replace('"', "`");
            let entry = metric.entry();
            let section = docs.split("\n## ").find(|section| section.contains(&name));
            let section = section
                .unwrap_or_else(|| panic!("docs/metrics.md has no section that names {name}"));
            for words in [entry.label, entry.formula, entry.paper.url.into()] {
                assert!(section.contains(&words), "docs/metrics.md: {name} lacks “{words}”");
            }
        }
    }
}
