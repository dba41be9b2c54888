//! Whether the time of a refusal tells who has an account (T-02): an unknown name, a wrong password and a disabled person in turns, and
//! Welch's t for each two of them.
//!
//! Each name has five tries that cost no wait; so there are 60 names of each kind, and each is tried five times. Each try has a password
//! of its own and comes from a network of its own.

use std::time::Instant;

use anyhow::ensure;
use reqwest::StatusCode;

use super::{
    browser::Browser,
    network,
    people::{TRIED, disabled, known, unknown},
};
use crate::figure::{Aim, Figure, median, percentile};

const TRIES: usize = 5;
/// Above this |t| the times differ by more than chance: the bound that leakage tests use.
const BOUND: f64 = 4.5;
const WARM_UP: usize = 20;
/// After the networks of the other measurements.
const FIRST_NETWORK: usize = 0x01_0000;
/// The times up to this one of all are looked at besides: a few that were disturbed hide a small difference.
const UNDISTURBED: f64 = 0.9;
/// Each order of three equally often.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0], [1, 0, 2], [0, 2, 1]];

pub(super) async fn measure(address: &str) -> anyhow::Result<Vec<Figure>> {
    let browser = Browser::new(address)?;
    for number in 0..WARM_UP {
        refusal(&browser, &format!("other-{number:02}"), number).await?;
    }
    let kinds = [unknown, known, disabled];
    let mut times = [const { Vec::new() }; 3];
    let mut count = WARM_UP;
    for _ in 0..TRIES {
        for name in 0..TRIED {
            for kind in ORDERS[count / 3 % ORDERS.len()] {
                times[kind].push(refusal(&browser, &kinds[kind](name), count).await?);
                count += 1;
            }
        }
    }
    let [unknown, wrong, disabled] = times;
    let figure = |name, value| Figure { name, value, unit: "ms", aim: None };
    let difference = |name, value| Figure { name, value, unit: "|t|", aim: Some(Aim::AtMost(BOUND)) };
    Ok(vec![
        difference("unknown name or wrong password", distance(&unknown, &wrong)),
        difference("unknown name or disabled person", distance(&unknown, &disabled)),
        difference("wrong password or disabled person", distance(&wrong, &disabled)),
        figure("smallest difference that would be seen", smallest_seen(&unknown, &wrong)),
        figure("refusal of an unknown name, p50", median(unknown)),
        figure("refusal of a wrong password, p50", median(wrong)),
        figure("refusal of a disabled person, p50", median(disabled)),
    ])
}

/// Milliseconds until the answer.
async fn refusal(browser: &Browser, name: &str, number: usize) -> anyhow::Result<f64> {
    let mut browser = browser.at_network(network(FIRST_NETWORK + number));
    let password = format!("a wrong password {number:04}");
    let begin = Instant::now();
    let status = browser.try_password(name, &password).await?;
    let time = begin.elapsed().as_secs_f64() * 1e3;
    ensure!(status == StatusCode::UNAUTHORIZED, "a wrong password for {name} was answered with {status}");
    Ok(time)
}

/// The larger of |t| with all times and without the slowest of both.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let [calm_a, calm_b] = undisturbed(a, b);
    welch(a, b).abs().max(welch(&calm_a, &calm_b).abs())
}

/// The difference of means from which on |t| exceeds the bound: what is smaller stays unseen with so few samples.
fn smallest_seen(a: &[f64], b: &[f64]) -> f64 {
    let [(_, a_error), (_, b_error)] = undisturbed(a, b).map(|times| mean_and_error(&times));
    BOUND * (a_error + b_error).sqrt()
}

fn undisturbed(a: &[f64], b: &[f64]) -> [Vec<f64>; 2] {
    let bound = percentile(&[a, b].concat(), UNDISTURBED);
    [a, b].map(|times| times.iter().copied().filter(|time| *time <= bound).collect())
}

/// Welch's t of two samples.
fn welch(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_error), (b, b_error)) = (mean_and_error(a), mean_and_error(b));
    (a - b) / (a_error + b_error).sqrt()
}

/// The mean of a sample, and the square of its standard error.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, variance / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_is_as_in_the_textbook() {
        // Means 3 and 6, variances 2.5 and 10: -3 / sqrt(2.5).
        let t = welch(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 4.0, 6.0, 8.0, 10.0]);
        assert!((t + 3.0 / 2.5_f64.sqrt()).abs() < 1e-12, "{t}");
    }

    #[test]
    fn one_disturbed_time_hides_no_difference() {
        let with = |base: f64| (0..100).map(|i| base + f64::from(i % 10) * 0.01).collect::<Vec<_>>();
        let (mut a, b) = (with(20.0), with(20.05));
        a.push(2000.0);
        assert!(welch(&a, &b).abs() < BOUND);
        assert!(distance(&a, &b) > BOUND);
        assert!(distance(&b, &with(20.05)) < 1e-9);
    }
}
