// How long the confirmation of who it is still counts, and the way to end it at once.
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/api/context";
import type { Me } from "@/api/model";
import { keys, useMe } from "@/api/queries";
import { useI18n } from "@/lib/i18n/i18n";
import { minutesLeft } from "@/lib/time/left";
import { useNow } from "@/lib/time/now";
import { dropElevation } from "./api/drop-elevation";
import css from "./shell.module.css";

/** As long as the server lets a confirmation count. */
const longestMinutes = 15;

export function ElevationPill() {
  const { t, format } = useI18n();
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
  const minutes = minutesLeft(until, now, longestMinutes);
  if (minutes === null) return null;
  const whole = minutes > 0 ? t("shell.elevated", { count: minutes }) : t("shell.elevated_ending");
  return (
    <span className={css["elevated"]}>
      <IconShieldCheck size={15} stroke={1.8} aria-hidden />
      <span role="status">
        <span className={css["elevatedText"]}>{whole}</span>
        <span className={css["elevatedShort"]} aria-hidden>
          {minutes > 0 ? format.duration(minutes * 60) : `< ${format.duration(60)}`}
        </span>
      </span>
      <button
        type="button"
        className={css["drop"]}
        aria-label={t("shell.drop_elevation")}
        title={t("shell.drop_elevation")}
        aria-busy={drop.isPending}
        onClick={() => drop.mutate()}
      >
        {t("shell.drop_elevation_short")}
      </button>
    </span>
  );
}
