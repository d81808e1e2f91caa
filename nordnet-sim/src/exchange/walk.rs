//! What a listing is worth to others, from moment to moment.
//!
//! A seeded random walk in market time: how far it goes in a second does not
//! depend on how often it is asked. Calm and lively times cluster, now and
//! then it jumps, and it is drawn back to where it began, weakly. It lives in
//! binary floating point, with nothing but the four operations and roots,
//! which are the same on every machine; all prices made of it are decimals.

use crate::fixed::Fixed;
use crate::rng::Rng;

/// The length of a trading day, in milliseconds.
const DAY: f64 = 30_600_000.0;
/// A longer pause is a night.
const NIGHT: i64 = 6 * 3_600_000;
/// How long a lively time lasts, in milliseconds.
const COOLING: f64 = 300_000.0;
/// How far apart jumps are, in milliseconds.
const BETWEEN_JUMPS: f64 = 1_500_000.0;
/// In how many trading days it is drawn back.
const RETURN: f64 = 5.0;

#[derive(Debug)]
pub(crate) struct Walk {
    /// In ten-thousandths.
    fair: f64,
    home: f64,
    /// The usual change in a day, and the mean one, as parts of the price.
    volatility: f64,
    drift: f64,
    /// How lively it is now: 1 is as usual.
    heat: f64,
    moved_at: i64,
    rng: Rng,
}

impl Walk {
    pub(crate) fn new(price: Fixed, mut rng: Rng, at: i64) -> Self {
        let volatility = rng.between(15, 35) as f64 / 1000.0;
        let drift = rng.between(-4, 4) as f64 / 1000.0;
        let start = price.ten_thousandths() as f64;
        Self {
            fair: start,
            home: start,
            volatility,
            drift,
            heat: 1.3,
            moved_at: at,
            rng,
        }
    }

    /// Goes on to a time. Says whether it jumped.
    pub(crate) fn step(&mut self, at: i64) -> bool {
        let passed = at - self.moved_at;
        if passed < 1 {
            return false;
        }
        self.moved_at = at;
        let draw = self.rng.normal();
        if passed > NIGHT {
            self.fair *= 1.0 + draw * self.volatility / 2.0;
            self.heat = 1.5;
            self.stay_sane();
            return false;
        }
        let days = passed as f64 / DAY;
        let root = days.sqrt();
        let pull = (self.home - self.fair) / self.home * days / RETURN;
        let change = draw * self.volatility * root * self.heat + self.drift * days + pull;
        self.fair *= 1.0 + change;

        // A big move makes the next ones bigger.
        let shock = (draw.abs() - 0.8) * (root * 7.0).min(0.2);
        let cooling = (passed as f64 / COOLING).min(1.0);
        self.heat *= 1.0 + shock;
        self.heat += (1.0 - self.heat) * cooling;
        self.heat = self.heat.clamp(0.3, 5.0);

        let millionths = (passed as f64 / BETWEEN_JUMPS * 1e6) as u32;
        let jumps = self.rng.chance(millionths);
        if jumps {
            let size = self.volatility * self.rng.between(60, 250) as f64 / 1000.0;
            let sign = if self.rng.once_in(2) { 1.0 } else { -1.0 };
            self.fair *= 1.0 + sign * size;
            self.heat = self.heat.max(2.5);
        }
        self.stay_sane();
        jumps
    }

    /// Makes this the price that it goes on from and is drawn back to.
    pub(crate) fn settle(&mut self, price: Fixed) {
        self.fair = price.ten_thousandths() as f64;
        self.home = self.fair.max(1.0);
    }

    /// Goes to this price, without any move of its own until then.
    pub(crate) fn follow(&mut self, price: Fixed, at: i64) {
        self.settle(price);
        self.moved_at = at;
    }

    pub(crate) fn fair(&self) -> Fixed {
        Fixed::from_ten_thousandths(self.fair as i64)
    }

    pub(crate) fn heat(&self) -> f64 {
        self.heat
    }

    fn stay_sane(&mut self) {
        self.fair = self.fair.clamp(self.home / 8.0, self.home * 8.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1000;

    fn walk(seed: u64) -> Walk {
        Walk::new(Fixed::from_units(100), Rng::new(seed, 1), 0)
    }

    /// The changes of a day, second by second, as parts of the price.
    fn changes(seed: u64) -> Vec<f64> {
        let mut walk = walk(seed);
        let mut last = walk.fair;
        (1..=30_600)
            .map(|second| {
                walk.step(second * SECOND);
                let change = walk.fair / last - 1.0;
                last = walk.fair;
                change
            })
            .collect()
    }

    fn spread(values: impl Iterator<Item = f64>) -> f64 {
        let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| {
            (sum + value * value, count + 1.0)
        });
        (sum / count).sqrt()
    }

    #[test]
    fn a_day_goes_as_far_as_days_do() {
        let day = |seed| changes(seed).iter().map(|change| 1.0 + change).product();
        let moves: Vec<f64> = (0..60).map(day).collect();
        let typical = spread(moves.iter().map(|value: &f64| value - 1.0));
        assert!((0.01..0.06).contains(&typical), "{typical}");
    }

    #[test]
    fn lively_times_cluster_and_jumps_stand_out() {
        let changes = changes(3);
        let usual = spread(changes.iter().copied());
        let largest = changes
            .iter()
            .fold(0.0_f64, |most, one| most.max(one.abs()));
        assert!(largest > 6.0 * usual, "{largest} of {usual}");
        // The size of a move says something about that of the next ones.
        let sizes: Vec<f64> = changes
            .chunks(20)
            .map(|part| spread(part.iter().copied()))
            .collect();
        let mean = sizes.iter().sum::<f64>() / sizes.len() as f64;
        let pairs = sizes
            .windows(2)
            .map(|pair| (pair[0] - mean) * (pair[1] - mean));
        let alike =
            pairs.sum::<f64>() / sizes.iter().map(|size| (size - mean).powi(2)).sum::<f64>();
        assert!(alike > 0.1, "{alike}");
    }

    #[test]
    fn time_counts_and_not_the_number_of_steps() {
        let far = |step: i64| {
            let ends = (0..200).map(|seed| {
                let mut walk = walk(seed);
                for at in 1..=(600_000 / step) {
                    walk.step(at * step);
                }
                walk.fair / walk.home - 1.0
            });
            spread(ends)
        };
        let (often, seldom) = (far(100), far(5_000));
        assert!((0.6..1.7).contains(&(often / seldom)), "{often} {seldom}");
        let mut still = walk(1);
        still.step(0);
        assert_eq!(still.fair(), Fixed::from_units(100));
    }
}
