// How long the confirmation of who it is still counts, and the way to end it at once.
import { IconShieldCheck, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/api/context";
import type { Me } from "@/api/model";
import { keys, useMe } from "@/api/queries";
import { IconButton } from "@/components/button";
import { useI18n } from "@/lib/i18n/i18n";
import { useNow } from "@/lib/time/now";
import { dropElevation } from "./api/drop-elevation";
import css from "./shell.module.css";

export function ElevationPill() {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const now = useNow();
  const me = useMe();
  const until = me.session.elevated_until;
  const drop = useMutation({
    mutationFn: () => dropElevation(api),
    onSuccess: () => {
      queries.setQueryData<Me>(
        keys.me,
        (data) => data && { ...data, session: { ...data.session, elevated_until: null } },
      );
      // What only the confirmation allowed to read is not kept.
      queries.removeQueries({ queryKey: ["admin"], type: "inactive" });
    },
  });
  const minutes = until ? Math.ceil((new Date(until).getTime() - now.getTime()) / 60_000) : 0;
  if (minutes <= 0) return null;
  return (
    <span className={css["elevated"]} role="status">
      <IconShieldCheck size={15} stroke={1.8} aria-hidden />
      <span className={css["elevatedText"]}>{t("shell.elevated", { count: minutes })}</span>
      <IconButton
        small
        icon={IconX}
        label={t("shell.drop_elevation")}
        aria-busy={drop.isPending}
        onClick={() => drop.mutate()}
      />
    </span>
  );
}
