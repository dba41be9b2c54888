// The editor's own words in German; in English they are its keys.

const german: Record<string, string> = {
  Find: "Suchen",
  Replace: "Ersetzen durch",
  next: "weiter",
  previous: "zurück",
  all: "alle",
  "match case": "Groß/klein",
  "by word": "ganze Wörter",
  regexp: "Muster",
  replace: "ersetzen",
  "replace all": "alle ersetzen",
  close: "schließen",
  "current match": "jetziger Treffer",
  "replaced $ matches": "$ Treffer ersetzt",
  "replaced match on line $": "Treffer in Zeile $ ersetzt",
  "on line": "in Zeile",
  "Go to line": "Zu Zeile",
  go: "gehen",
  "Folded lines": "Eingeklappte Zeilen",
  "Unfolded lines": "Ausgeklappte Zeilen",
  "Fold line": "Einklappen",
  "Unfold line": "Ausklappen",
  to: "bis",
  "folded code": "eingeklappter Code",
  unfold: "ausklappen",
  "$ unchanged lines": "$ unveränderte Zeilen",
};

export function editorPhrases(language: "en" | "de"): Record<string, string> {
  return language === "de" ? german : {};
}
