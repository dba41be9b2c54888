// A secret or a link that the server shows once. It lives in this dialog only: closing it forgets it.
import { IconEyeOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { Button } from "./button";
import { CopyButton } from "./copy-button";
import { Dialog } from "./dialog";
import css from "./once.module.css";

export function OnceDialog(props: {
  title: string;
  /** What it is for and how long it lasts. */
  text: string;
  secret: string;
  /** Shown as a list instead of as one line. */
  lines?: readonly string[];
  extra?: ReactNode;
  onClose: () => void;
}) {
  const { t } = useI18n();
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      size={520}
      acts={
        <>
          {props.extra}
          <CopyButton text={props.secret} />
          <Button kind="primary" onClick={props.onClose}>
            {t("common.done")}
          </Button>
        </>
      }
    >
      <p className={css["text"]}>{props.text}</p>
      {props.lines ? (
        <ol className={css["lines"]}>
          {props.lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      ) : (
        <output className={css["secret"]}>{props.secret}</output>
      )}
      <p className={css["once"]}>
        <IconEyeOff size={16} stroke={1.7} aria-hidden />
        {t("common.shown_once")}
      </p>
    </Dialog>
  );
}
