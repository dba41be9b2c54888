// Wörter des Eingangs: Anmelden, Einladungen, neue Passwörter und der Nachweis, wer da ist.
import type { Messages } from "../i18n";

export const signin: Messages["signin"] = {
  title: "Anmelden",
  lead: "Zu den Dateien, Arbeitsbereichen und dem Protokoll dieses Servers.",
  lead_next: "Danach geht es direkt zum Ziel des Links.",
  name: "Name",
  password: "Passwort",
  show_password: "Passwort anzeigen",
  submit: "Anmelden",
  with_passkey: "Weiter mit einem Passkey",
  with_provider: "Weiter mit {name}",
  or_password: "oder mit Passwort",
  stay: "Auf diesem Gerät angemeldet bleiben",
  stay_hint: "Nur auf einem Gerät, das sonst niemand benutzt.",
  failed: "Das Anmelden hat nicht geklappt. Erneut versuchen oder einen anderen Weg wählen.",
  second_title: "Noch ein Schritt",
  second_passkey: "Mit Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel dieses Kontos.",
  second_totp: "Mit dem Code, den die Authenticator-App gerade zeigt.",
  second_recovery_code: "Mit einem der Codes, die für diesen Fall aufbewahrt wurden.",
  second_none: "Dieser Browser unterstützt keinen der übrigen Wege. Vielleicht geht es mit einem anderen.",
  use_passkey: "Passkey verwenden",
  recovery_code: "Wiederherstellungscode",
  recovery_hint: "Jeder Code gilt einmal.",
  instead_passkey: "Einen Passkey verwenden",
  instead_totp: "Den Code einer App verwenden",
  instead_recovery_code: "Einen Wiederherstellungscode verwenden",
  back: "Von vorn beginnen",
  setup_open_title: "Dieser Server hat noch kein Admin-Konto",
  setup_open_text:
    "Der einmalige Link, den das Programm beim Start ausgegeben hat, führt zum Anlegen des ersten Kontos.",
};

export const connect: Messages["connect"] = {
  title: "Ein Programm bittet um Zugang",
  lead: "Es möchte Zugang als {name}.",
  asked: "Anfrage vom {time}.",
  asked_from: "Anfrage von {address}, {time}.",
  gets: "Es bekäme ein App-Passwort: Es könnte alle Dateien lesen, ändern und löschen, auf die dieses Konto Zugriff hat.",
  warning:
    "Nur fortfahren, wenn das Programm gerade eben von derselben Person gestartet wurde. Jemand anders könnte diesen Link geschickt haben.",
  admit: "Zugang geben",
  refuse: "Keinen Zugang geben",
  done_title: "Das Programm hat Zugang",
  done_text:
    "Dieses Fenster kann geschlossen werden. Das App-Passwort steht unter Konto, Tokens, und kann dort widerrufen werden.",
  invalid_title: "Hier wartet nichts",
  invalid_text: "Dieser Link wurde benutzt, oder seine Zeit ist um. Bitte im Programm neu beginnen.",
  to_files: "Zu Carrel",
};

export const join: Messages["join"] = {
  title: "Eine Einladung zu Carrel",
  title_by: "{name} lädt zu Carrel ein",
  lead: "Das Konto beginnt mit: {roles}. Der Link gilt bis {until}.",
  submit: "Konto anlegen",
  invalid_title: "Dieser Link ist ungültig",
  invalid_text:
    "Eine Einladung gilt einmal und einige Tage lang. Wer sie geschickt hat, kann eine neue ausstellen.",
};

export const reset: Messages["reset"] = {
  title_for: "Ein neues Passwort für {name}",
  title: "Ein neues Passwort",
  lead: "Damit enden alle Sitzungen dieses Kontos. Passkeys und Authenticator-App bleiben, wie sie sind.",
  password: "Neues Passwort",
  submit: "Passwort setzen",
  done_title: "Das neue Passwort gilt ab jetzt",
  done_text: "Alle Sitzungen dieses Kontos wurden beendet.",
  invalid_text:
    "Ein Link für ein neues Passwort gilt einmal und einen Tag lang. Einen neuen gibt es bei der Verwaltung dieses Servers.",
};

export const proof: Messages["proof"] = {
  title: "Identität bestätigen",
  text_elevation: "Dieser Schritt gehört zur Verwaltung. Die Bestätigung gilt 15 Minuten.",
  text_confirmation: "Die letzte Anmeldung ist eine Weile her, und hier geht es um den Schutz des Kontos.",
  with_passkey: "Mit einem Passkey bestätigen",
  or: "oder",
  code: "Code der App",
  code_hint: "Sechs Ziffern aus der Authenticator-App",
  confirm: "Bestätigen",
  password_wrong: "Das ist nicht das Passwort dieses Kontos.",
  to_security: "Zur Sicherheit des Kontos",
};

export const enrolment: Messages["enrolment"] = {
  title: "Ein zweiter Faktor ist nötig",
  lead: "Die Rolle dieses Kontos verlangt {what}. Alles andere ist zugänglich, sobald das eingerichtet ist.",
  what_any: "einen Passkey oder eine Authenticator-App",
  what_passkey: "einen Passkey",
  due: "Dieses Konto braucht {what}. Ab {time} ist ohne das nichts anderes mehr zugänglich.",
  soon: "Dieses Konto braucht {what}.",
  set_up: "Einrichten",
};
