// Wörter des Rahmens: Knöpfe, Orte, Zustände und Absagen.
import type { Messages } from "../i18n";

export const common: Messages["common"] = {
  close: "Schließen",
  cancel: "Abbrechen",
  undo: "Rückgängig",
  copy: "Kopieren",
  copied: "Kopiert",
};

export const shell: Messages["shell"] = {
  skip: "Zum Inhalt springen",
  places: "Orte",
  brand_home: "Carrel, Startseite",
  home: "Start",
  files: "Dateien",
  workspaces: "Arbeitsbereiche",
  log: "Protokoll",
  account: "Konto",
  personal_space: "Persönlich",
  used: "{size} belegt",
  breadcrumbs: "Ort dieser Seite",
  more_folders: "Weitere Ordner",
  up_to: "Nach oben zu {name}",
  palette: "Gehen, tun, finden",
  palette_terminal: "Gehen, tun, finden, auch aus einem Terminal",
  palette_hint: "Gehen, tun, finden",
  palette_none: "Nichts passt hier zu „{query}“.",
  shortcuts: "Tastenkürzel",
  group_go: "Gehe zu",
  group_spaces: "Bereiche",
  group_general: "Überall",
  group_look: "Aussehen",
  theme_light: "Helles Design verwenden",
  theme_dark: "Dunkles Design verwenden",
  theme_auto: "Design des Systems verwenden",
  light: "Hell",
  dark: "Dunkel",
  auto: "Wie das System",
  language: "Sprache",
  sign_out: "Abmelden",
  user_menu: "{name}, Menü",
  key_lists: "Listen und Bäume",
  key_move: "Nach oben",
  key_move_down: "Nach unten",
  key_extend: "Auswahl erweitern",
  key_select: "Auswählen oder abwählen",
  key_open: "Öffnen",
  key_back: "Einen Schritt zurück",
};

export const states: Messages["states"] = {
  retry: "Erneut versuchen",
  error_title: "Das hat nicht geklappt",
  offline_title: "Der Server ist nicht erreichbar",
  offline_bar: "Kein Netz. Was offen ist, bleibt; Änderungen warten.",
  not_found_title: "Hier ist nichts",
  not_found_text: "Es wurde verschoben oder gelöscht oder war nie für dieses Konto freigegeben.",
  to_home: "Zur Startseite",
  request_id: "Anfrage {id}",
};

export const problems: Messages["problems"] = {
  offline: "Es kam keine Antwort. Der Server oder das Netz ist ausgefallen.",
  unreadable_answer:
    "Die Antwort des Servers ist nicht lesbar. Vielleicht hat er eine andere Version: Seite neu laden.",
  server: "Der Server ist daran gescheitert. Es liegt nicht an den Eingaben.",
  unknown: "Etwas Unerwartetes ist geschehen: {message}",
  credentials_invalid: "Name und Passwort passen nicht zusammen.",
  not_signed_in: "Diese Sitzung ist beendet. Bitte neu anmelden.",
  name_taken: "Dieser Name ist hier vergeben.",
  name_invalid: "Namen haben 1 bis 255 Bytes und kein „/“; „.“ und „..“ sind keine Namen.",
  version_changed: "Inzwischen wurde eine neuere Version gespeichert.",
  not_found: "Es ist nicht mehr da.",
  file_too_large: "Diese Datei ist für den Editor zu groß. Unter Dateien lässt sie sich herunterladen.",
  file_changed: "Diese Datei hat sich inzwischen geändert.",
  content_cut_off: "Das Hochladen wurde abgebrochen.",
  content_hash_mismatch: "Die Datei kam beschädigt an.",
  content_too_large: "Diese Datei ist für diesen Server zu groß.",
  cross_site: "Die Anfrage kam von einer anderen Seite. Bitte Carrel selbst öffnen und erneut versuchen.",
  disk_full: "Der Server hat keinen Platz mehr.",
  folder_inside_itself: "Ein Ordner lässt sich nicht in sich selbst verschieben.",
  link_invalid: "Dieser Link gilt nicht.",
  password_too_short: "Mindestens 15 Zeichen.",
  too_many_requests: "Zu viele Versuche. Bitte etwas warten.",
  unavailable: "Ein Teil des Servers ist nicht bereit. Bitte gleich noch einmal versuchen.",
  user_name_invalid: "Bis zu 64 Buchstaben, Ziffern, „.“, „-“ und „_“.",
  workspace_busy: "Der Arbeitsbereich startet oder stoppt gerade. Bitte gleich noch einmal versuchen.",
  workspace_not_ready: "Der Arbeitsbereich läuft nicht.",
  cloud_unreachable: "Die Dateien sind gerade nicht erreichbar.",
  volume_full: "Der Arbeitsbereich hat auf seinem Datenträger keinen Platz mehr.",
  folder_gone:
    "Der Arbeitsbereich oder sein Ordner wurde entfernt, oder dieses Konto hat kein Recht mehr daran.",
  read_only: "Diese Rolle erlaubt, den Arbeitsbereich anzusehen, aber nicht zu ändern.",
  not_admitted: "Der Zugang zu diesem Arbeitsbereich ist abgelaufen. Bitte neu öffnen.",
  session_ended: "Der Zugang zu diesem Arbeitsbereich ist beendet. Bitte unter Dateien neu öffnen.",
  session_unused: "Diese Seite wurde lange nicht verwendet.",
  wrong_kind: "Es ist von anderer Art als erwartet, vielleicht ein Ordner oder ein Link.",
  path_invalid: "Namen haben 1 bis 255 Bytes; „.“ und „..“ sind keine Namen.",
  too_many_sockets: "Dieser Browser hat zu viele Verbindungen zum Arbeitsbereich offen.",
  ticket_invalid: "Der Zugang zu diesem Arbeitsbereich ist abgelaufen. Bitte neu öffnen.",
};

export const names: Messages["names"] = {
  empty: "Ein Name wird gebraucht.",
  dots: "„.“ und „..“ sind keine Namen.",
  slash: "Ein Name enthält kein „/“.",
  long: "Dieser Name ist zu lang: höchstens 255 Bytes.",
  empty_part: "Zwischen zwei „/“ sowie davor und danach wird ein Name gebraucht.",
  dots_part: "„.“ und „..“ sind in einem Pfad nicht erlaubt: die Datei bleibt im Ordner des Arbeitsbereichs.",
};

export const causes: Messages["causes"] = {
  out_of_memory:
    "Der Arbeitsbereich brauchte mehr Speicher als erlaubt und wurde beendet. Seine Dateien bleiben.",
  exited: "Der Arbeitsbereich hat sich selbst beendet. Seine Dateien bleiben.",
  ended: "Der Arbeitsbereich endete aus unbekanntem Grund. Seine Dateien bleiben.",
  not_reported: "Von der Sandbox war eine Weile nichts zu hören. Beim Öffnen zeigt sich ihr Zustand.",
  busy: "Er startete oder stoppte gerade schon. Gleich noch einmal öffnen.",
  docker_unavailable: "Docker, worin die Sandboxes dieses Servers laufen, antwortet nicht.",
  runner_unreachable: "Der Runner, der Sandboxes startet, ist nicht erreichbar.",
  image_missing: "Das Abbild, aus dem Sandboxes starten, fehlt auf diesem Server.",
  volume_failed: "Der Datenträger ließ sich nicht anlegen oder verwenden.",
  agent_failed: "Die Sandbox ist gestartet, aber das Programm darin antwortete nicht.",
  not_trusted:
    "Die Teile des Servers nahmen voneinander keine Aufträge an. Vielleicht weichen Uhren oder Schlüssel ab.",
  limits: "Eine Sandbox mit diesen Grenzen erlaubt dieser Server nicht.",
  internal: "Der Server ist daran gescheitert. Am Arbeitsbereich liegt es nicht.",
  other: "Der Arbeitsbereich läuft wegen „{code}“ nicht.",
};

export const signin: Messages["signin"] = {
  title: "Anmelden",
  lead: "Zu Dateien, Arbeitsbereichen und Protokoll dieses Servers.",
  lead_next: "Danach geht es direkt zum Ziel des Links.",
  name: "Name",
  password: "Passwort",
  show_password: "Passwort anzeigen",
  submit: "Anmelden",
  setup_open_title: "Dieser Server hat noch keine Verwaltung",
  setup_open_text:
    "Der einmalige Link, den das Programm beim Start ausgegeben hat, führt zum Anlegen des ersten Kontos.",
};

export const setup: Messages["setup"] = {
  title: "Carrel einrichten",
  account_title: "Das erste Konto",
  account_text:
    "Es kann auf diesem Server alles sehen und ändern. Für die tägliche Arbeit ist ein zweites Konto besser.",
  display_name: "Voller Name",
  display_name_hint: "So sehen ihn andere",
  name: "Name zum Anmelden",
  name_hint: "Kurz, ohne Leerzeichen",
  password: "Passwort",
  strength: "Länge des Passworts",
  password_hint:
    "Mindestens {count} Zeichen. Einige Wörter ohne Zusammenhang sind leicht zu merken und schwer zu erraten.",
  password_short: { one: "Noch ein Zeichen", other: "Noch {count} Zeichen" },
  password_repeats: "Lang genug, aber es wiederholt sich: mehr verschiedene Zeichen verwenden.",
  password_name: "Nur mit einem Namen darin lang genug: Namen werden zuerst geraten.",
  password_good: "{count} Zeichen: lang genug",
  submit: "Konto anlegen",
  invalid_title: "Dieser Link führt nirgendwohin",
  invalid_text:
    "Ein Einrichtungslink gilt einmal und eine Stunde lang. Nach einem Neustart gibt das Programm einen neuen aus, solange es keine Verwaltung gibt.",
  done_text: "Dieser Server ist schon eingerichtet.",
  to_sign_in: "Anmelden",
};

export const home: Messages["home"] = {
  hello: "Willkommen, {name}.",
  running: { one: "{names} läuft.", other: "{count} Arbeitsbereiche laufen: {names}." },
  started: "Gestartet",
  continue: "Weiterarbeiten",
  all_workspaces: "Alle Arbeitsbereiche",
  workspace_of_folder: "Arbeitsbereich eines Ordners",
  empty_title: "Noch keine Dateien",
  empty_text:
    "Etwas hochladen oder Dateien und ganze Ordner unter Dateien auf die Liste ziehen. Ein Ordner lässt sich als Arbeitsbereich öffnen.",
  empty_text_files: "Etwas hochladen oder Dateien und ganze Ordner unter Dateien auf die Liste ziehen.",
  upload: "Hochladen",
  open_files: "Dateien öffnen",
  only_you: "Nur für dieses Konto",
  team: "Team",
  health: "Zustand des Servers",
  health_wrong: {
    one: "Ein Teil des Servers braucht Aufmerksamkeit",
    other: "{count} Teile des Servers brauchen Aufmerksamkeit",
  },
};

export const account: Messages["account"] = {
  profile: "Profil",
  theme: "Design",
  save_name: "Namen speichern",
  session: "Diese Sitzung",
  session_until: "Angemeldet bis {time}.",
  role_administrator: "Verwaltung",
  role_auditor: "Revision",
  role_member: "Mitglied",
  role_guest: "Gast",
};

export const workspaces: Messages["workspaces"] = {
  state_running: "läuft",
  state_starting: "startet",
  state_stopped: "gestoppt",
  state_failed: "fehlgeschlagen",
  state_unknown: "unbekannt",
  open: "Öffnen",
  open_named: "{name} öffnen",
  since: "seit",
  show_folder: "Ordner zeigen",
  remove: "Arbeitsbereich entfernen",
  remove_title: "Arbeitsbereich {name} entfernen?",
  remove_text:
    "Die Sandbox wird gestoppt, und was nur in ihr liegt, geht verloren: installierte Pakete, Build-Ordner, laufende Programme. Der Ordner und seine Dateien bleiben.",
  more_for: "Mehr zu {name}",
  why_not_open: "Die Rolle in diesem Bereich erlaubt es nicht",
  why_not_remove: "Nur wer den Bereich verwaltet, kann ihn entfernen",
  empty_title: "Noch keine Arbeitsbereiche",
  empty_text:
    "Ein Arbeitsbereich ist ein Editor und ein Terminal für einen Ordner. Ordner wählen und als Arbeitsbereich öffnen.",
  choose_folder: "Ordner wählen",
};
