// The frame of the pages before one is signed in: the reading desk on the left, the form on the right.
import type { ReactNode } from "react";
import { languages, useI18n } from "@/lib/i18n/i18n";
import { setLanguage } from "@/lib/i18n/language";
import { Brand } from "./small";
import { OfflineBar } from "./states";
import css from "./entry.module.css";

const languageNames = { en: "English", de: "Deutsch" } as const;

export function Entry(props: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
  ownLanguageChoice?: boolean;
}) {
  const { t, language } = useI18n();
  return (
    <div className={css["entry"]}>
      <section className={css["booth"]} aria-hidden>
        <Brand />
        <Desk />
        <p>{window.location.host}</p>
      </section>
      <main className={css["door"]}>
        <OfflineBar />
        <div className={css["form"]}>
          <span className={css["brand"]}>
            <Brand />
          </span>
          <h1>{props.title}</h1>
          {props.lead ? <p className={css["lead"]}>{props.lead}</p> : null}
          {props.children}
        </div>
        {props.ownLanguageChoice ? null : (
          <div className={css["foot"]} role="group" aria-label={t("shell.language")}>
            {languages.map((each) => (
              <button
                key={each}
                type="button"
                lang={each}
                aria-pressed={each === language}
                onClick={() => setLanguage(each)}
              >
                {languageNames[each]}
              </button>
            ))}
          </div>
        )}
      </main>
    </div>
  );
}

/** A carrel: the private desk in a library, with its lamp on. */
function Desk() {
  return (
    <svg
      className={css["art"]}
      viewBox="0 0 420 340"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d="M200 126 114 246H326V207L268 126z" fill="var(--accent)" opacity=".1" stroke="none" />
      <path d="M48 316V92a12 12 0 0 1 12-12h300a12 12 0 0 1 12 12v224M48 246h324M48 150h46v96M372 150h-46v96" />
      <path d="M48 120h46v30M372 120h-46v30" />
      <g stroke="var(--ink-3)">
        <path d="M58 118V92M66 118V88M74 118V94M82 118V90M336 118V92M346 118V88M356 118V95" />
        <path d="M118 240c14-8 32-8 44 0 12-8 30-8 44 0M162 240v-4" />
      </g>
      <g stroke="var(--accent)" strokeWidth="2.400">
        <path d="M186 126a38 30 0 0 1 96 0z" fill="var(--accent-soft)" />
        <path d="M234 126v114M210 246h48a24 8 0 0 0-48 0zM250 126v16" />
      </g>
    </svg>
  );
}
