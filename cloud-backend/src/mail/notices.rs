//! What each notice says, in English and German.

use crate::store::NoticeKind::{self, *};

/// One sentence for the subject, one paragraph of what happened, and whether the reader did it themselves.
pub(super) struct Text {
    pub(super) subject: &'static str,
    pub(super) happened: &'static str,
    pub(super) advice: &'static str,
}

const OWN: &str = "If it was you, there is nothing to do. If it was not: change your password, end all other sessions, and tell an administrator.";
const OTHERS: &str = "If you do not expect this, ask an administrator.";
const OWN_DE: &str = "Wenn du das warst, ist nichts zu tun. Wenn nicht: Ändere dein Passwort, beende alle anderen Sitzungen und sage einer Administratorin oder einem Administrator Bescheid.";
const OTHERS_DE: &str = "Wenn du das nicht erwartet hast, frage eine Administratorin oder einen Administrator.";

pub(super) fn english(kind: NoticeKind) -> Text {
    let (subject, happened) = match kind {
        SignedInNewDevice => {
            ("New sign-in", "Somebody signed in to your account with a device that was not used before.")
        }
        SessionReused => (
            "A session was ended for safety",
            "A copy of one of your sessions was used a second time, as a thief would do. That session was ended on all devices.",
        ),
        PasswordChanged => ("Your password was changed", "The password of your account was changed."),
        PasskeyAdded => ("A passkey was added", "A passkey was added to your account."),
        PasskeyRemoved => ("A passkey was removed", "A passkey was removed from your account."),
        TotpAdded => ("An authenticator app was added", "An authenticator app was added to your account."),
        TotpRemoved => ("An authenticator app was removed", "The authenticator app was removed from your account."),
        RecoveryCodesMade => {
            ("New recovery codes", "New recovery codes were made for your account. The old ones no longer work.")
        }
        RecoveryCodeUsed => ("A recovery code was used", "Somebody signed in to your account with a recovery code."),
        TokenCreated => (
            "A token was created",
            "A token or an app password was created for your account. A program can act in your name with it.",
        ),
        FactorsReset => (
            "Your second factors were removed",
            "An administrator removed all second factors from your account and ended your sessions. Set up a new one when you sign in.",
        ),
        RoleChanged => ("Your roles were changed", "Your roles were changed by an administrator."),
        IdentityLinked => ("A sign-in provider was linked", "Your account was linked with another sign-in provider."),
        BreakGlassUsed => (
            "Emergency access was used",
            "Somebody took the administrator's role in an emergency, without waiting for an approval. Another administrator has to review it.",
        ),
        PasskeyCloned => (
            "A passkey may have been copied",
            "One of your passkeys answered as if there were a second copy of it. It can no longer be used.",
        ),
        PasswordDisabled => {
            ("Sign-in with a password was switched off", "You can no longer sign in to your account with a password.")
        }
    };
    Text { subject, happened, advice: if by_oneself(kind) { OWN } else { OTHERS } }
}

pub(super) fn german(kind: NoticeKind) -> Text {
    let (subject, happened) = match kind {
        SignedInNewDevice => {
            ("Neue Anmeldung", "Jemand hat sich mit einem bisher nicht benutzten Gerät bei deinem Konto angemeldet.")
        }
        SessionReused => (
            "Eine Sitzung wurde zur Sicherheit beendet",
            "Eine Kopie einer deiner Sitzungen wurde ein zweites Mal benutzt, wie es bei einem Diebstahl geschieht. Diese Sitzung wurde auf allen Geräten beendet.",
        ),
        PasswordChanged => ("Dein Passwort wurde geändert", "Das Passwort deines Kontos wurde geändert."),
        PasskeyAdded => ("Ein Passkey wurde hinzugefügt", "Deinem Konto wurde ein Passkey hinzugefügt."),
        PasskeyRemoved => ("Ein Passkey wurde entfernt", "Ein Passkey wurde von deinem Konto entfernt."),
        TotpAdded => {
            ("Eine Authenticator-App wurde hinzugefügt", "Deinem Konto wurde eine Authenticator-App hinzugefügt.")
        }
        TotpRemoved => {
            ("Eine Authenticator-App wurde entfernt", "Die Authenticator-App wurde von deinem Konto entfernt.")
        }
        RecoveryCodesMade => (
            "Neue Wiederherstellungscodes",
            "Für dein Konto wurden neue Wiederherstellungscodes erzeugt. Die alten gelten nicht mehr.",
        ),
        RecoveryCodeUsed => (
            "Ein Wiederherstellungscode wurde benutzt",
            "Jemand hat sich mit einem Wiederherstellungscode bei deinem Konto angemeldet.",
        ),
        TokenCreated => (
            "Ein Token wurde erstellt",
            "Für dein Konto wurde ein Token oder ein App-Passwort erstellt. Ein Programm kann damit in deinem Namen handeln.",
        ),
        FactorsReset => (
            "Deine zweiten Faktoren wurden entfernt",
            "Die Administration hat alle zweiten Faktoren deines Kontos entfernt und deine Sitzungen beendet. Richte bei der nächsten Anmeldung einen neuen ein.",
        ),
        RoleChanged => ("Deine Rollen wurden geändert", "Die Administration hat deine Rollen geändert."),
        IdentityLinked => {
            ("Ein Anmeldedienst wurde verknüpft", "Dein Konto wurde mit einem weiteren Anmeldedienst verknüpft.")
        }
        BreakGlassUsed => (
            "Der Notfallzugang wurde benutzt",
            "Jemand hat in einem Notfall die Rolle der Administration übernommen, ohne eine Genehmigung abzuwarten. Eine andere Person der Administration muss das prüfen.",
        ),
        PasskeyCloned => (
            "Ein Passkey wurde vielleicht kopiert",
            "Einer deiner Passkeys hat geantwortet, als gäbe es eine zweite Kopie davon. Er kann nicht mehr benutzt werden.",
        ),
        PasswordDisabled => (
            "Die Anmeldung mit Passwort wurde abgeschaltet",
            "Du kannst dich bei deinem Konto nicht mehr mit einem Passwort anmelden.",
        ),
    };
    Text { subject, happened, advice: if by_oneself(kind) { OWN_DE } else { OTHERS_DE } }
}

/// Acts of the person, or of somebody who pretends to be them.
fn by_oneself(kind: NoticeKind) -> bool {
    !matches!(kind, FactorsReset | RoleChanged | BreakGlassUsed)
}
