// Leaving the workspace for another page: what was typed is saved first, and where that does not work the person is asked.
// (The browser itself asks when the tab is closed: use-documents.)
import { useBlocker } from "@tanstack/react-router";
import { useCallback } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useI18n } from "@/lib/i18n/i18n";
import type { DocumentView } from "./editor/document";
import type { DocumentStore } from "./editor/document-store";

/** A link that hangs must not hold anybody: after this long the person is asked. */
const patienceMs = 3000;

export function LeaveGuard(props: { documents: DocumentStore; views: ReadonlyMap<string, DocumentView> }) {
  const { t } = useI18n();
  const { documents } = props;
  const unsaved = [...props.views.values()].filter((view) => view.dirty);
  const leaving = useBlocker({
    shouldBlockFn: useCallback(
      async ({ current, next }: { current: { pathname: string }; next: { pathname: string } }) => {
        if (current.pathname === next.pathname) return false;
        await Promise.race([documents.saveAll(), new Promise((resolve) => setTimeout(resolve, patienceMs))]);
        return documents.anyDirty;
      },
      [documents],
    ),
    enableBeforeUnload: false,
    // Without unsaved text no address waits for anything.
    disabled: unsaved.length === 0,
    withResolver: true,
  });
  if (leaving.status !== "blocked") return null;
  return (
    <Dialog
      title={t("ide.leave_title")}
      onClose={leaving.reset}
      acts={
        <>
          <Button kind="quiet" data-autofocus onClick={leaving.reset}>
            {t("ide.leave_stay")}
          </Button>
          <Button kind="danger" onClick={leaving.proceed}>
            {t("ide.leave_unsaved")}
          </Button>
        </>
      }
    >
      <p>
        {t("ide.leave_text", { count: unsaved.length, names: unsaved.map((view) => view.path).join(", ") })}
      </p>
    </Dialog>
  );
}
