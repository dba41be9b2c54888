// Words in the person's language. Own and small: typed keys, `{name}` slots, plurals by Intl.
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { de } from "./de";
import { en } from "./en";
import { makeFormat, type Format } from "./format";

export type Language = "en" | "de";
export const languages: readonly Language[] = ["en", "de"];

/** A text, or one for each number: `{ one, other }`, chosen by the slot `count`. */
export type Message = string | { readonly one: string; readonly other: string };
export type Messages = { readonly [A in keyof typeof en]: { readonly [K in keyof (typeof en)[A]]: Message } };

export type MessageKey = {
  [A in keyof typeof en]: `${A}.${keyof (typeof en)[A] & string}`;
}[keyof typeof en];

export type Slots = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, slots?: Slots) => string;

export const dictionaries: Record<Language, Messages> = { en, de };

export function lookUp(language: Language, key: string): Message | undefined {
  const dot = key.indexOf(".");
  const area = dictionaries[language][key.slice(0, dot) as keyof Messages] as
    Record<string, Message> | undefined;
  return area?.[key.slice(dot + 1)];
}

export function makeTranslate(language: Language, format: Format): Translate {
  const plural = new Intl.PluralRules(language);
  return (key, slots = {}) => {
    const message = lookUp(language, key);
    if (message === undefined) return key;
    let text = message;
    if (typeof text !== "string") {
      text = plural.select(Number(slots["count"] ?? 0)) === "one" ? text.one : text.other;
    }
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = slots[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? format.number(value) : value;
    });
  };
}

export interface I18n {
  language: Language;
  t: Translate;
  format: Format;
}

const Context = createContext<I18n | null>(null);

export function I18nProvider(props: { language: Language; children: ReactNode }) {
  const { language } = props;
  const value = useMemo<I18n>(() => {
    const format = makeFormat(language);
    return { language, format, t: makeTranslate(language, format) };
  }, [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <Context.Provider value={value}>{props.children}</Context.Provider>;
}

export function useI18n(): I18n {
  const value = useContext(Context);
  if (!value) throw new Error("I18nProvider is missing");
  return value;
}
