// Which language this browser shows before anyone is signed in; afterwards the account decides.
import { useSyncExternalStore } from "react";
import type { Language } from "./i18n";

const key = "carrel-language";
const listeners = new Set<() => void>();
let current: Language | null = null;

function isLanguage(text: string | null): text is Language {
  return text === "en" || text === "de";
}

function read(): Language {
  try {
    // eslint-disable-next-line no-restricted-globals -- the language is one of the two things kept here
    const kept = localStorage.getItem(key);
    if (isLanguage(kept)) return kept;
  } catch {
    // Storage is switched off: the browser's language decides.
  }
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

export function currentLanguage(): Language {
  current ??= read();
  return current;
}

export function setLanguage(language: Language): void {
  if (language === currentLanguage()) return;
  current = language;
  try {
    // eslint-disable-next-line no-restricted-globals -- the language is one of the two things kept here
    localStorage.setItem(key, language);
  } catch {
    // Storage is switched off: the choice lasts until the page is closed.
  }
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentLanguage);
}
