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
const OWN_DE: &str = "War das so gewollt, ist nichts zu tun. Wenn nicht: bitte das Passwort ändern, alle anderen Sitzungen beenden und der Administration Bescheid geben.";
const OTHERS_DE: &str = "Kommt das unerwartet, hilft die Administration weiter.";

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
            "Somebody took the administrator's role in an emergency, without waiting for an approval. Somebody who reads the log has to review it.",
        ),
        PasskeyCloned => (
            "A passkey may have been copied",
            "One of your passkeys answered as if there were a second copy of it. It was refused: remove it and make a new one.",
        ),
        PasswordDisabled => {
            ("Sign-in with a password was switched off", "You can no longer sign in to your account with a password.")
        }
        EmailChanged => (
            "Another address for notices",
            "Notices about the safety of your account go to another address from now on. This is the last one that comes here.",
        ),
        FilesReceived => (
            "You have the files of somebody who left",
            "An account was deleted, and its files and spaces are yours to manage now. You find them among your spaces.",
        ),
    };
    Text { subject, happened, advice: if by_oneself(kind) { OWN } else { OTHERS } }
}

pub(super) fn german(kind: NoticeKind) -> Text {
    let (subject, happened) = match kind {
        SignedInNewDevice => {
            ("Neue Anmeldung", "Mit einem bisher nicht benutzten Gerät wurde eine Sitzung dieses Kontos begonnen.")
        }
        SessionReused => (
            "Eine Sitzung wurde zur Sicherheit beendet",
            "Eine Kopie einer Sitzung dieses Kontos wurde ein zweites Mal benutzt, wie es bei einem Diebstahl geschieht. Diese Sitzung wurde auf allen Geräten beendet.",
        ),
        PasswordChanged => ("Das Passwort wurde geändert", "Das Passwort dieses Kontos wurde geändert."),
        PasskeyAdded => ("Ein Passkey wurde hinzugefügt", "Diesem Konto wurde ein Passkey hinzugefügt."),
        PasskeyRemoved => ("Ein Passkey wurde entfernt", "Ein Passkey wurde von diesem Konto entfernt."),
        TotpAdded => {
            ("Eine Authenticator-App wurde hinzugefügt", "Diesem Konto wurde eine Authenticator-App hinzugefügt.")
        }
        TotpRemoved => {
            ("Eine Authenticator-App wurde entfernt", "Die Authenticator-App wurde von diesem Konto entfernt.")
        }
        RecoveryCodesMade => (
            "Neue Wiederherstellungscodes",
            "Für dieses Konto wurden neue Wiederherstellungscodes erzeugt. Die alten gelten nicht mehr.",
        ),
        RecoveryCodeUsed => (
            "Ein Wiederherstellungscode wurde benutzt",
            "Mit einem Wiederherstellungscode wurde eine Sitzung dieses Kontos begonnen.",
        ),
        TokenCreated => (
            "Ein Token wurde erstellt",
            "Für dieses Konto wurde ein Token oder ein App-Passwort erstellt. Ein Programm kann damit im Namen des Kontos handeln.",
        ),
        FactorsReset => (
            "Die zweiten Faktoren wurden entfernt",
            "Die Administration hat alle zweiten Faktoren dieses Kontos entfernt und seine Sitzungen beendet. Nach der nächsten Anmeldung ist ein neuer einzurichten.",
        ),
        RoleChanged => ("Die Rollen wurden geändert", "Die Administration hat die Rollen dieses Kontos geändert."),
        IdentityLinked => {
            ("Ein Anmeldedienst wurde verknüpft", "Dieses Konto wurde mit einem weiteren Anmeldedienst verknüpft.")
        }
        BreakGlassUsed => (
            "Der Notfallzugang wurde benutzt",
            "Jemand hat in einem Notfall die Rolle der Administration übernommen, ohne eine Genehmigung abzuwarten. Jemand, der das Protokoll liest, muss das prüfen.",
        ),
        PasskeyCloned => (
            "Ein Passkey wurde vielleicht kopiert",
            "Ein Passkey dieses Kontos hat geantwortet, als gäbe es eine zweite Kopie davon. Er wurde abgewiesen und sollte entfernt und neu angelegt werden.",
        ),
        PasswordDisabled => (
            "Die Anmeldung mit Passwort wurde abgeschaltet",
            "Mit dem Passwort dieses Kontos ist keine Anmeldung mehr möglich.",
        ),
        EmailChanged => (
            "Andere Adresse für Hinweise",
            "Hinweise zur Sicherheit dieses Kontos gehen ab jetzt an eine andere Adresse. Dies ist der letzte, der hierher kommt.",
        ),
        FilesReceived => (
            "Sie haben die Dateien eines gelöschten Kontos",
            "Ein Konto wurde gelöscht. Seine Dateien und Bereiche verwalten ab jetzt Sie; sie stehen bei Ihren Bereichen.",
        ),
    };
    Text { subject, happened, advice: if by_oneself(kind) { OWN_DE } else { OTHERS_DE } }
}

/// Acts of the person, or of somebody who pretends to be them.
fn by_oneself(kind: NoticeKind) -> bool {
    !matches!(kind, FactorsReset | RoleChanged | BreakGlassUsed | FilesReceived)
}
