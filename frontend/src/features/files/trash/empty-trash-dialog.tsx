// Empties a trash: asks, then says how far it is. The server works in steps; closing the dialog ends after the present one.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useApi } from "@/api/context";
import { keys } from "@/api/queries";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import { emptyTrash } from "../api/empty-trash";

export function EmptyTrashDialog(props: { space: { id: string; name: string }; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const [purged, setPurged] = useState(0);
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, []);
  const empty = useMutation({
    mutationFn: async () => {
      const { signal } = stop.current;
      for (;;) {
        const count = await emptyTrash(api, props.space.id, signal);
        if (count === 0) return;
        setPurged((now) => now + count);
      }
    },
    onSuccess: props.onClose,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.trash(props.space.id) }),
        queries.invalidateQueries({ queryKey: keys.spaces }),
      ]),
  });
  return (
    <FormDialog
      title={t("trash.empty_title", { space: props.space.name })}
      text={<p>{t("trash.empty_text")}</p>}
      submit={t("trash.empty")}
      danger
      onClose={props.onClose}
      onSubmit={() => empty.mutate()}
      pending={empty.isPending}
      error={empty.error}
    >
      {purged > 0 ? (
        <p role="status" className="num">
          {t("trash.purged_n", { count: purged })}
        </p>
      ) : null}
    </FormDialog>
  );
}
