// Says calmly that a second factor will be needed, and by when. Gone once there is one.
import { IconShieldHalf } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMe } from "@/api/queries";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./shell.module.css";

export function FactorBanner() {
  const { t, format } = useI18n();
  const { required, due_at: due, missing } = useMe().second_factor;
  if (!missing) return null;
  const what = required === "passkey" ? t("enrolment.what_passkey") : t("enrolment.what_any");
  return (
    <aside className={css["banner"]} aria-label={t("enrolment.title")}>
      <IconShieldHalf size={18} stroke={1.7} aria-hidden />
      <span>
        {due ? t("enrolment.due", { what, time: format.exact(due) }) : t("enrolment.soon", { what })}
      </span>
      <Link to="/account/security">{t("enrolment.set_up")}</Link>
    </aside>
  );
}
