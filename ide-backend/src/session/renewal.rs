//! Asks the cloud backend whether a session still holds, at once when something ended there and else again and again, and ends it
//! when it does not.

use std::{sync::Arc, time::Duration};

use carrel_wire::internal::IdeSession;
use tokio::time::{Instant, MissedTickBehavior};

use super::{
    cookie::TokenHash,
    live::{Ended, LiveSession},
    revocations::News,
};
use crate::{app::State, cloud::CloudError};

/// A session that nobody used for this long is dropped. A sandbox that runs needs none: it is ended in nobody's name.
const UNUSED: Duration = Duration::from_secs(45 * 60);

/// Lives as long as the session. `news`: of what ended since before the session was granted.
pub(super) async fn keep(state: Arc<State>, hash: TokenHash, session: Arc<LiveSession>, mut news: News) {
    let mut ticks = tokio::time::interval(state.timing.renew_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    let reason = loop {
        // Held while the cloud is asked. The timer waits for no turn: a cloud that does not answer must not make sessions last.
        let _turn = tokio::select! {
            why = session.ended() => break why,
            turn = news.turn() => turn,
            _ = ticks.tick() => None,
        };
        let known = session.current();
        let answer = state.cloud.renew(known.id).await;
        let moment = Moment { now: Instant::now(), grace: state.timing.cloud_grace };
        if let Some(reason) = judge(&session, answer, moment) {
            break reason;
        }
    };
    let known = session.current();
    tracing::info!(session = %known.id, workspace = %known.workspace, code = reason.code(), "a session ended");
    state.sessions.remove(hash);
    session.end(reason);
}

/// What an answer is judged by besides itself.
#[derive(Clone, Copy)]
struct Moment {
    now: Instant,
    /// How long a session outlives an unreachable cloud.
    grace: Duration,
}

/// What an answer means for the session: nothing, or its end.
fn judge(session: &LiveSession, answer: Result<IdeSession, CloudError>, moment: Moment) -> Option<Ended> {
    match answer {
        Ok(facts) if facts.workspace != session.current().workspace => Some(Ended::ByCloud),
        Ok(facts) => {
            session.confirm(facts, moment.now);
            (session.unused_for(moment.now) > UNUSED).then_some(Ended::Unused)
        }
        Err(CloudError::NotFound | CloudError::Refused { .. }) => Some(Ended::ByCloud),
        Err(CloudError::Unreachable(_) | CloudError::Invalid(_)) => {
            (session.unconfirmed_for(moment.now) > moment.grace).then_some(Ended::Unconfirmed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::live::example;

    const GRACE: Duration = Duration::from_secs(60);

    fn unreachable() -> Result<IdeSession, CloudError> {
        Err(CloudError::Unreachable("refused".to_owned()))
    }
    fn at(seconds: u64) -> Moment {
        Moment { now: Instant::now() + Duration::from_secs(seconds), grace: GRACE }
    }

    #[test]
    fn an_unreachable_cloud_ends_a_session_only_after_the_grace() {
        let facts = example();
        let session = LiveSession::new(facts.clone());
        assert_eq!(judge(&session, unreachable(), at(59)), None);
        assert_eq!(judge(&session, Ok(facts), at(59)), None);
        assert_eq!(judge(&session, unreachable(), at(118)), None, "it was confirmed in between");
        assert_eq!(judge(&session, unreachable(), at(121)), Some(Ended::Unconfirmed));
    }

    #[test]
    fn a_no_of_the_cloud_ends_it_at_once() {
        let facts = example();
        let session = LiveSession::new(facts.clone());
        let gone = Err(CloudError::NotFound);
        assert_eq!(judge(&session, gone, at(0)), Some(Ended::ByCloud));
        let elsewhere = IdeSession { workspace: carrel_ids::WorkspaceId::new(), ..facts };
        assert_eq!(judge(&session, Ok(elsewhere), at(0)), Some(Ended::ByCloud));
    }

    #[test]
    fn an_unused_session_is_dropped() {
        let facts = example();
        let session = Arc::new(LiveSession::new(facts.clone()));
        let long = UNUSED.as_secs() + 1;
        let socket = session.open_socket();
        assert_eq!(judge(&session, Ok(facts.clone()), at(long)), None, "a socket is use");
        drop(socket);
        assert_eq!(judge(&session, Ok(facts.clone()), at(long - 2)), None);
        assert_eq!(judge(&session, Ok(facts), at(long)), Some(Ended::Unused));
    }
}
