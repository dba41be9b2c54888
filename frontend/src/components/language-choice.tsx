import { SegmentedControl } from "@mantine/core";
import { useI18n, type Language } from "@/lib/i18n/i18n";
import { setLanguage } from "@/lib/i18n/language";
import { segmentedClasses } from "./segmented";
import css from "./language-choice.module.css";

/** For the forms that make an account: the language is a part of it. */
export function LanguageChoice() {
  const { t, language } = useI18n();
  return (
    <fieldset className={css["language"]}>
      <legend>{t("shell.language")}</legend>
      <SegmentedControl
        classNames={segmentedClasses}
        fullWidth
        value={language}
        onChange={(value) => setLanguage(value as Language)}
        data={[
          { value: "en", label: "English" },
          { value: "de", label: "Deutsch" },
        ]}
      />
    </fieldset>
  );
}
