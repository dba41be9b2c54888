//! Sign-ins and refreshes in a second: several people at once, each with a device that is known.

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::JoinSet;

use super::{
    browser::Browser,
    people::{SIGNERS, signer},
};
use crate::figure::Figure;

const TIME: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
enum Act {
    SignIn,
    Refresh,
}

pub(super) async fn measure(address: &str) -> anyhow::Result<Vec<Figure>> {
    let mut browsers = Vec::new();
    for number in 0..SIGNERS {
        let mut browser = Browser::new(address)?;
        let status = browser.sign_in(&signer(number)).await?;
        ensure!(status.is_success(), "signing in: {status}");
        browsers.push(browser);
    }
    let (browsers, sign_ins) = rate(browsers, Act::SignIn).await?;
    let (_, refreshes) = rate(browsers, Act::Refresh).await?;
    let figure = |name, value| Figure { name, value, unit: "/s", aim: None };
    Ok(vec![figure("sign-ins, 8 at once", sign_ins), figure("refreshes, 8 at once", refreshes)])
}

/// All do the same again and again; how often in a second.
async fn rate(browsers: Vec<Browser>, act: Act) -> anyhow::Result<(Vec<Browser>, f64)> {
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, mut browser) in browsers.into_iter().enumerate() {
        tasks.spawn(async move {
            let mut done = 0_u32;
            while begin.elapsed() < TIME {
                let status = match act {
                    Act::SignIn => browser.sign_in(&signer(number)).await?,
                    Act::Refresh => browser.refresh().await?,
                };
                ensure!(status.is_success(), "the answer was {status} after {done} times");
                done += 1;
            }
            Ok((browser, done))
        });
    }
    let (mut browsers, mut all) = (Vec::new(), 0.0);
    for ended in tasks.join_all().await {
        let (browser, done) = ended?;
        browsers.push(browser);
        all += f64::from(done);
    }
    Ok((browsers, all / begin.elapsed().as_secs_f64()))
}
