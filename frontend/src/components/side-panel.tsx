// What was chosen from a list, beside it; on a narrow page as a dialog.
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { useWide } from "@/lib/narrow";
import { IconButton } from "./button";
import { Dialog } from "./dialog";
import css from "./side-panel.module.css";

export function SidePanel(props: { title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useI18n();
  const wide = useWide();
  if (!wide) {
    return (
      <Dialog title={props.title} onClose={props.onClose} size={560}>
        <div className={css["content"]}>{props.children}</div>
      </Dialog>
    );
  }
  return (
    <aside className={`${css["panel"]} ${css["content"]}`} aria-label={props.title}>
      <div className={css["bar"]}>
        <h2 className="cut" title={props.title}>
          {props.title}
        </h2>
        <IconButton small icon={IconX} label={t("common.close")} onClick={props.onClose} />
      </div>
      {props.children}
    </aside>
  );
}
