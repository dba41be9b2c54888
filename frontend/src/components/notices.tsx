import { IconX } from "@tabler/icons-react";
import { useI18n } from "@/lib/i18n/i18n";
import { closeNotice, useNotices } from "@/lib/notices/notices";
import css from "./notices.module.css";

/** The place where notices appear; one on the page. */
export function Notices() {
  const notices = useNotices();
  const { t } = useI18n();
  return (
    <div className={css["region"]} role="status" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.id} className={css["notice"]} data-tone={notice.tone}>
          <span>{notice.text}</span>
          {notice.action ? (
            <button
              type="button"
              className={css["act"]}
              onClick={() => {
                closeNotice(notice.id);
                notice.action?.run();
              }}
            >
              {notice.action.label}
            </button>
          ) : null}
          <button
            type="button"
            className={css["close"]}
            aria-label={t("common.close")}
            onClick={() => closeNotice(notice.id)}
          >
            <IconX size={16} stroke={1.8} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
