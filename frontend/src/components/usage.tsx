// How full something is: a bar with both numbers, or one number where there is no limit.
import { useI18n } from "@/lib/i18n/i18n";
import { Bar } from "./small";
import css from "./usage.module.css";

/** From here on the bar warns. */
const nearlyFull = 0.9;

export function Usage(props: { used: number; quota: number | null; label: string }) {
  const { t, format } = useI18n();
  const { used, quota } = props;
  if (quota === null) {
    return <div className={`${css["usage"]} num`}>{t("shell.used", { size: format.bytes(used) })}</div>;
  }
  const tight = used >= quota * nearlyFull;
  return (
    <div className={css["usage"]} data-tight={tight || undefined}>
      <span className="num">
        {t("upload.bytes", { sent: format.bytes(used), total: format.bytes(quota) })}
        {tight ? ` · ${t("spaces.nearly_full")}` : null}
      </span>
      <Bar part={used} whole={quota} label={props.label} {...(tight ? { tone: "danger" as const } : {})} />
    </div>
  );
}
