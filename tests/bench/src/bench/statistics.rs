//! Medians and spreads.

use std::fmt;

/// The median of some figures, and between what most of them lie.
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// `low` and `high` are the 10th and the 90th percentile.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let at = |share: f64| figures[((figures.len() - 1) as f64 * share).round() as usize];
        Self { median: at(0.5), low: at(0.1), high: at(0.9) }
    }

    /// Of `ours` to `floor`, both measured in the same rounds.
    pub fn of_ratios(ours: &[f64], floor: &[f64]) -> Self {
        Self::of(ours.iter().zip(floor).map(|(ours, floor)| ours / floor))
    }
}

/// `1.05 (1.02..1.09)`, for ratios.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2}..{:.2})", self.median, self.low, self.high)
    }
}

pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    Spread::of(figures).median
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_leaves_the_extremes_out() {
        let spread = Spread::of((0..=10).map(f64::from));
        assert_eq!((spread.low, spread.median, spread.high), (1.0, 5.0, 9.0));
    }
}
