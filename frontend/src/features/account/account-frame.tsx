// The parts of the account side by side; the address says which one is open.
import { Link, Outlet } from "@tanstack/react-router";
import { useMe } from "@/api/queries";
import { narrowPageClass } from "@/components/page";
import { useI18n } from "@/lib/i18n/i18n";
import { accountParts } from "./account-parts";
import css from "./account.module.css";

export function AccountFrame() {
  const { t } = useI18n();
  const me = useMe();
  return (
    <div className={css["frame"]}>
      <nav className={css["parts"]} data-scrolls aria-label={t("shell.account")}>
        {accountParts(me).map(({ id, label, to }) => (
          <Link
            key={id}
            to={to}
            search={{}}
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ "data-on": true }}
          >
            {t(label)}
            {id === "notices" && me.notices > 0 ? (
              <span className={css["unseen"]}>
                <span aria-hidden>{me.notices}</span>
                <span className="sr-only">{t("account.notices_unseen", { count: me.notices })}</span>
              </span>
            ) : null}
          </Link>
        ))}
      </nav>
      <div className={narrowPageClass}>
        <Outlet />
      </div>
    </div>
  );
}
