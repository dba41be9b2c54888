// Why what was done with an item did not work, at the item, and the way to try it again.
import { IconAlertCircle } from "@tabler/icons-react";
import { useI18n } from "@/lib/i18n/i18n";
import type { ItemFailure } from "./file-row";
import css from "./list.module.css";

export function FailureNote(props: {
  id: string;
  failure: ItemFailure;
  onDismiss: (id: string) => void;
  onMendName: (id: string, typed: string) => void;
}) {
  const { t } = useI18n();
  const { id, failure } = props;
  return (
    <span className={css["failure"]} role="alert">
      <IconAlertCircle size={14} stroke={1.8} aria-hidden />
      <span>{failure.text}</span>
      <button
        type="button"
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation();
          props.onDismiss(id);
          if ("typed" in failure) props.onMendName(id, failure.typed);
          else failure.retry();
        }}
      >
        {t("states.retry")}
      </button>
    </span>
  );
}
