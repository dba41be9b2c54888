//! Questions to the cloud and the agent that concern the whole folder, each asked by a task of its own.

use carrel_wire::{agent::Entry, internal};

use super::{folder::Moment, job::Ends};
use crate::{
    agent::AgentFailure,
    cloud::{CloudError, Manifest, RECORD_AT_ONCE},
};

#[derive(Debug)]
pub(super) enum Answer {
    /// `None`: the folder is as it was.
    Listing(Result<Option<Manifest>, CloudError>, Moment),
    Scan(Result<Vec<Entry>, AgentFailure>, Moment),
    /// With what could not be recorded.
    Recorded(Result<(), CloudError>, Vec<internal::Base>),
}

/// Is anything new in the cloud, and if so, what is there now?
pub(super) async fn listing(ends: Ends, etag: Option<String>, asked: Moment) -> Answer {
    let ask = async {
        if let Some(etag) = etag {
            let now = ends.cloud.etag(ends.sandbox).await?;
            if now.etag == etag {
                return Ok(None);
            }
        }
        ends.cloud.manifest(ends.sandbox).await.map(Some)
    };
    Answer::Listing(ask.await, asked)
}

pub(super) async fn scan(ends: Ends, asked: Moment) -> Answer {
    Answer::Scan(ends.agent.scan().await, asked)
}

pub(super) async fn record(ends: Ends, mut bases: Vec<internal::Base>) -> Answer {
    while !bases.is_empty() {
        let part = bases.len().min(RECORD_AT_ONCE);
        if let Err(error) = ends.cloud.record_bases(ends.sandbox, &bases[..part]).await {
            return Answer::Recorded(Err(error), bases);
        }
        bases.drain(..part);
    }
    Answer::Recorded(Ok(()), bases)
}
