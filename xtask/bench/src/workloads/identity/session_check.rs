//! What it costs a request that somebody is signed in: a route that does nothing but look at the session and then finds that the address
//! names nothing, beside an address that has no route. Both pass the same layers with the same cookies, and get the same answer.

use std::time::Instant;

use anyhow::ensure;
use reqwest::StatusCode;

use super::{browser::Browser, people::signer};
use crate::figure::{Aim, Figure, median, percentile};

const PAIRS: usize = 4000;
const WARM_UP: usize = 200;
/// What is in the place of the identifier is none: nothing is looked for after the check.
const CHECKED: &str = "/api/v1/nodes/nothing";
const OPEN: &str = "/api/v1/none/nothing";

pub(super) async fn measure(address: &str) -> anyhow::Result<Vec<Figure>> {
    let mut browser = Browser::new(address)?;
    let without = browser.get(CHECKED).await?;
    ensure!(without == StatusCode::UNAUTHORIZED, "{CHECKED} answered {without} to somebody who is not signed in");
    let signed_in = browser.sign_in(&signer(0)).await?;
    ensure!(signed_in.is_success(), "signing in: {signed_in}");
    let (mut open, mut checked) = (Vec::with_capacity(PAIRS), Vec::with_capacity(PAIRS));
    for pair in 0..WARM_UP + PAIRS {
        let (first, second) = if pair % 2 == 0 { (OPEN, CHECKED) } else { (CHECKED, OPEN) };
        let times = [time(&mut browser, first).await?, time(&mut browser, second).await?];
        if pair >= WARM_UP {
            open.push(times[pair % 2]);
            checked.push(times[1 - pair % 2]);
        }
    }
    let differences = checked.iter().zip(&open).map(|(checked, open)| checked - open).collect();
    let figure = |name, value, aim| Figure { name, value, unit: "ms", aim };
    Ok(vec![
        figure("open route, p50", percentile(&open, 0.50), None),
        figure("open route, p99", percentile(&open, 0.99), None),
        figure("route with a session, p50", percentile(&checked, 0.50), None),
        figure("route with a session, p99", percentile(&checked, 0.99), None),
        figure("check of a session, median difference", median(differences), Some(Aim::AtMost(0.2))),
    ])
}

async fn time(browser: &mut Browser, path: &str) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let status = browser.get(path).await?;
    let time = begin.elapsed().as_secs_f64() * 1e3;
    ensure!(status == StatusCode::NOT_FOUND, "{path} answered {status}");
    Ok(time)
}
