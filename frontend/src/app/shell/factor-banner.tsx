// Says calmly that a second factor will be needed, and by when. Gone once there is one.
import { IconShieldHalf } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMe } from "@/api/queries";
import { useI18n } from "@/lib/i18n/i18n";
import { useNow } from "@/lib/time/now";
import css from "./shell.module.css";

/** The hour matters only on the last day. */
const dayMs = 24 * 3_600_000;

export function FactorBanner() {
  const { t, format } = useI18n();
  const { required, due_at: due, missing } = useMe().second_factor;
  const now = useNow();
  if (!missing) return null;
  const near = due !== null && new Date(due).getTime() - now.getTime() < dayMs;
  const what = required === "passkey" ? t("enrolment.what_passkey") : t("enrolment.what_any");
  return (
    <section className={css["banner"]} aria-label={t("enrolment.title")}>
      <IconShieldHalf size={18} stroke={1.7} aria-hidden />
      <span>
        {due
          ? t("enrolment.due", { what, time: near ? format.dateTime(due) : format.date(due) })
          : t("enrolment.soon", { what })}
      </span>
      <Link to="/account/security">{t("enrolment.set_up")}</Link>
    </section>
  );
}
