//! Every act that the log knows. A route that changes something names one of these.

pub use carrel_audit_log::leaf::Outcome;

/// How sure the answer to an act must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Answered after the commit; sealed within 250 ms.
    Normal,
    /// Answered when a signed checkpoint covers the entry.
    Critical,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $class:ident;)*) => {
        /// An act.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }
        impl Action {
            /// All of them, for the log's filter and for the documents.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code in the leaf's `act`.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
            /// Whether it is an act on content, which changes neither who may sign in nor which roles somebody has.
            #[must_use]
            pub(crate) fn is_on_files(self) -> bool {
                const FILES: [&str; 9] =
                    ["file", "folder", "version", "trash", "lock", "favourite", "workspace", "sandbox", "volume"];
                self.code().split_once('.').is_some_and(|(noun, _)| FILES.contains(&noun))
            }
            #[must_use]
            pub fn class(self) -> Class {
                match self {
                    $(Self::$name => Class::$class,)*
                }
            }
        }
    };
}

actions! {
    /// A link for the first administrator was printed.
    SetupLink = "setup.link", Normal;
    /// The first administrator was made.
    SetupComplete = "setup.complete", Normal;
    SessionCreate = "session.create", Normal;
    SessionEnd = "session.end", Normal;
    /// A refresh token came back after its time: it was copied, and the session ended.
    SessionReuse = "session.reuse", Normal;
    /// A fresh second factor allowed dangerous acts for a while.
    SessionElevate = "session.elevate", Normal;
    SessionElevationEnd = "session.elevation_end", Normal;
    /// The password was shown anew.
    SessionConfirm = "session.confirm", Normal;
    PasswordChange = "password.change", Normal;
    /// Too many failures in a row: the password is worth nothing any more.
    PasswordDisable = "password.disable", Normal;
    PasskeyCreate = "passkey.create", Normal;
    PasskeyRename = "passkey.rename", Normal;
    PasskeyDelete = "passkey.delete", Normal;
    /// A passkey's counter did not grow: there are two of it.
    PasskeyCloned = "passkey.cloned", Normal;
    /// An authenticator app was begun with; it counts once its first code was shown.
    TotpBegin = "totp.begin", Normal;
    TotpCreate = "totp.create", Normal;
    TotpDelete = "totp.delete", Normal;
    RecoveryCodesCreate = "recovery_codes.create", Normal;
    /// A provider said who somebody is, and they are known here by that.
    IdentityUse = "identity.use", Normal;
    IdentityLink = "identity.link", Normal;
    IdentityUnlink = "identity.unlink", Normal;
    /// A provider said that somebody signed out there.
    IdentitySignOut = "identity.sign_out", Normal;
    ProviderCreate = "identity_provider.create", Normal;
    ProviderUpdate = "identity_provider.update", Normal;
    ProviderDelete = "identity_provider.delete", Normal;
    UserCreate = "user.create", Normal;
    UserUpdate = "user.update", Normal;
    UserDisable = "user.disable", Normal;
    UserEnable = "user.enable", Normal;
    UserDelete = "user.delete", Normal;
    /// Roles were given to somebody, or taken from them.
    UserRoles = "user.roles", Normal;
    /// An administrator removed every second factor of somebody who lost them.
    FactorsReset = "factors.reset", Normal;
    /// A link for setting a new password was made.
    PasswordResetCreate = "password_reset.create", Normal;
    PasswordResetUse = "password_reset.use", Normal;
    InvitationCreate = "invitation.create", Normal;
    InvitationRevoke = "invitation.revoke", Normal;
    InvitationAccept = "invitation.accept", Normal;
    GroupCreate = "group.create", Normal;
    GroupUpdate = "group.update", Normal;
    GroupDelete = "group.delete", Normal;
    GroupMemberAdd = "group.member_add", Normal;
    GroupMemberRemove = "group.member_remove", Normal;
    RoleCreate = "role.create", Normal;
    RoleUpdate = "role.update", Normal;
    RoleDelete = "role.delete", Normal;
    RoleRequestCreate = "role_request.create", Normal;
    RoleRequestWithdraw = "role_request.withdraw", Normal;
    RoleRequestApprove = "role_request.approve", Normal;
    RoleRequestDeny = "role_request.deny", Normal;
    /// Somebody made themselves administrator in an emergency.
    BreakGlassUse = "break_glass.use", Normal;
    /// Another administrator looked at it afterwards.
    BreakGlassReview = "break_glass.review", Normal;
    /// A new password was set on the machine; all sessions ended.
    UserReset = "user.reset", Normal;
    TokenCreate = "token.create", Normal;
    TokenRevoke = "token.revoke", Normal;
    /// A token was shown from an address that it is not for.
    TokenUse = "token.use", Normal;
    AppPasswordCreate = "app_password.create", Normal;
    /// Somebody asked for a node without the right to it.
    FileAccess = "file.access", Normal;
    WorkspaceAccess = "workspace.access", Normal;
    SystemAccess = "system.access", Normal;
    FolderCreate = "folder.create", Normal;
    FileCreate = "file.create", Normal;
    /// A file got a new version.
    FileSave = "file.save", Normal;
    /// The content of a file in a shared space was handed out.
    FileRead = "file.read", Normal;
    /// Folders and files were handed out as one archive.
    FileArchive = "file.archive", Normal;
    FileRename = "file.rename", Normal;
    FileMove = "file.move", Normal;
    FileTrash = "file.trash", Normal;
    FileRestore = "file.restore", Normal;
    /// Somebody asked for a space without the right to it.
    SpaceAccess = "space.access", Normal;
    SpaceCreate = "space.create", Normal;
    SpaceUpdate = "space.update", Normal;
    SpaceArchive = "space.archive", Normal;
    SpaceActivate = "space.activate", Normal;
    /// A person or a group was let in, or got another role.
    SpaceMemberSet = "space.member_set", Normal;
    SpaceMemberRemove = "space.member_remove", Normal;
    SpaceTransfer = "space.transfer", Normal;
    SpaceQuota = "space.quota", Normal;
    /// What a space holds was counted anew, and the count had been wrong.
    SpaceUseMend = "space.use_mend", Normal;
    FileCopy = "file.copy", Normal;
    /// A client put properties of its own on a node, or took them away.
    FileProperties = "file.properties", Normal;
    LockCreate = "lock.create", Normal;
    LockRefresh = "lock.refresh", Normal;
    LockRelease = "lock.release", Normal;
    /// Somebody's lock was taken away, by themselves elsewhere or by a manager of the space.
    LockBreak = "lock.break", Normal;
    /// Something in the trash is to be deleted for good; nobody sees it from then on.
    FilePurge = "file.purge", Normal;
    /// A part of what is to be deleted for good was.
    FilePurgeStep = "file.purge.step", Normal;
    /// All that lies in a space's trash is to be deleted for good.
    TrashPurge = "trash.purge", Normal;
    /// An earlier version became the content of a new one.
    VersionRestore = "version.restore", Normal;
    VersionLabel = "version.label", Normal;
    VersionDelete = "version.delete", Normal;
    /// Earlier versions went, because there are later ones of the same hour, day or week.
    VersionThin = "version.thin", Normal;
    /// Somebody saved over what they had not seen: it was kept beside the current version.
    VersionConflict = "version.conflict", Normal;
    FavouriteAdd = "favourite.add", Normal;
    FavouriteRemove = "favourite.remove", Normal;
    WorkspaceCreate = "workspace.create", Normal;
    WorkspaceDelete = "workspace.delete", Normal;
    /// A ticket for the IDE backend was handed out.
    WorkspaceOpen = "workspace.open", Normal;
    WorkspaceJoin = "workspace.join", Normal;
    SandboxStartAttempt = "sandbox.start.attempt", Normal;
    SandboxStartResult = "sandbox.start.result", Normal;
    SandboxStopAttempt = "sandbox.stop.attempt", Normal;
    /// A sandbox came to its end, by request or by itself.
    SandboxEnd = "sandbox.end", Normal;
    /// The volume of a deleted workspace is to go.
    VolumeRemoveAttempt = "volume.remove.attempt", Normal;
    VolumeRemoveResult = "volume.remove.result", Normal;
    /// A mail that an act had queued was taken by the mail service, or given up.
    MailSendResult = "mail.send.result", Normal;
    LogRead = "log.read", Normal;
    LogExport = "log.export", Normal;
    /// Written each hour, so that silence shows.
    LogHeartbeat = "log.heartbeat", Normal;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_of_the_logs_form() {
        let mut codes: Vec<_> = Action::ALL.iter().map(|a| a.code()).collect();
        assert!(codes.iter().all(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_')));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Action::ALL.len());
    }
}
