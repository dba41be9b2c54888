//! IDE backend ⇄ runner. A [`Command`] carries the exact text of a [`Plan`] and the grant that the cloud backend signed
//! for its hash. A plan has no field for a mount, a device, a capability, a namespace or a security option.

use carrel_ids::{SandboxId, WorkspaceId};
use serde::{Deserialize, Serialize};

/// Body of `POST /v1/commands`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The grant, bound to the SHA-256 of `plan`'s bytes.
    pub grant: String,
    /// The JSON text of a [`Plan`], exactly as it was when it was granted.
    pub plan: String,
}

/// Everything a runner can be told to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum Plan {
    /// Makes the volume if there is none, starts a container with the workspace profile and waits for its agent.
    Start { sandbox: SandboxId, workspace: WorkspaceId, limits: Limits },
    /// Ends the container; the volume stays. Nothing to end is success.
    Stop { sandbox: SandboxId, workspace: WorkspaceId },
    /// Deletes the volume of a workspace, and its container if one runs.
    RemoveVolume { workspace: WorkspaceId },
}

impl Plan {
    /// The grant's `act` for this plan.
    #[must_use]
    pub fn act(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Stop { .. } => "stop",
            Self::RemoveVolume { .. } => "remove_volume",
        }
    }
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Start { workspace, .. } | Self::Stop { workspace, .. } | Self::RemoveVolume { workspace } => {
                *workspace
            }
        }
    }
}

/// Hard limits of one sandbox. The runner refuses more than its own ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub memory_bytes: u64,
    /// Thousandths of one processor.
    pub cpu_milli: u32,
    pub processes: u32,
    pub disk_bytes: u64,
    pub files: u64,
}

/// Answer to a command that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Started { sandbox: SandboxId, container: String, image: String, timing: StartTiming },
    Stopped,
    VolumeRemoved,
}

/// Milliseconds that each phase of a cold start took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StartTiming {
    pub volume_ms: u32,
    pub create_ms: u32,
    pub start_ms: u32,
    pub agent_ms: u32,
}

/// One container as Docker's labels tell it. Answer of `GET /v1/sandboxes`: a list of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    pub sandbox: SandboxId,
    pub workspace: WorkspaceId,
    pub running: bool,
    pub agent_connected: bool,
    /// Why it ended, once it did.
    pub cause: Option<StopCause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopCause {
    Requested,
    OutOfMemory,
    Exited,
    Unknown,
}

/// Answer of `GET /v1/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Sandboxes can be started.
    pub ready: bool,
    pub checks: Vec<Check>,
}

/// One thing that the runner needs from its host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// For example `docker`, `workspace_image`, `volume_limits`, `seccomp`, `apparmor`.
    pub name: String,
    pub state: CheckState,
    pub detail: String,
    /// What to do when it is not fine.
    pub remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Fine,
    /// Works, but something is not enforced on this host.
    Degraded,
    Missing,
}

/// Body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?}: {message}")]
pub struct RunnerError {
    pub code: RunnerErrorCode,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunnerErrorCode {
    SignatureInvalid,
    SignatureReplayed,
    SignatureExpired,
    GrantInvalid,
    GrantExpired,
    GrantReplayed,
    /// The grant is for another plan, runner or act.
    GrantMismatch,
    PlanInvalid,
    LimitTooHigh,
    NotFound,
    /// Another command for the same workspace is under way.
    Busy,
    DockerUnavailable,
    ImageMissing,
    VolumeFailed,
    AgentFailed,
    Internal,
}

impl RunnerErrorCode {
    /// As it is spelled between services and in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignatureInvalid => "signature_invalid",
            Self::SignatureReplayed => "signature_replayed",
            Self::SignatureExpired => "signature_expired",
            Self::GrantInvalid => "grant_invalid",
            Self::GrantExpired => "grant_expired",
            Self::GrantReplayed => "grant_replayed",
            Self::GrantMismatch => "grant_mismatch",
            Self::PlanInvalid => "plan_invalid",
            Self::LimitTooHigh => "limit_too_high",
            Self::NotFound => "not_found",
            Self::Busy => "busy",
            Self::DockerUnavailable => "docker_unavailable",
            Self::ImageMissing => "image_missing",
            Self::VolumeFailed => "volume_failed",
            Self::AgentFailed => "agent_failed",
            Self::Internal => "internal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_one_spelling() {
        use RunnerErrorCode::*;
        for code in [
            SignatureInvalid,
            SignatureReplayed,
            SignatureExpired,
            GrantInvalid,
            GrantExpired,
            GrantReplayed,
            GrantMismatch,
            PlanInvalid,
            LimitTooHigh,
            NotFound,
            Busy,
            DockerUnavailable,
            ImageMissing,
            VolumeFailed,
            AgentFailed,
            Internal,
        ] {
            assert_eq!(serde_json::to_value(code).expect("a value"), code.as_str());
        }
    }
}
