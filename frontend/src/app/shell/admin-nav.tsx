// The navigation while one administers: back to the rest, then the places of administration.
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useMe } from "@/api/queries";
import { Brand } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { adminPlaces } from "./admin-places";
import css from "./shell.module.css";

export function AdminNav() {
  const { t } = useI18n();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const list = useRef<HTMLUListElement>(null);
  // On a phone the places scroll sideways: the open one is in view.
  useEffect(() => {
    list.current?.querySelector("[data-on]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [path]);
  return (
    <nav className={css["places"]} data-many aria-label={t("shell.admin")}>
      <Link to="/" className={css["brand"]} aria-label={t("shell.brand_home")}>
        <Brand />
      </Link>
      <Link to={me.personal_space ? "/files" : "/"} className={css["place"]} data-place="back">
        <IconArrowLeft size={18} stroke={1.6} aria-hidden />
        <span className="cut">{me.personal_space ? t("shell.files") : t("shell.home")}</span>
      </Link>
      <h2 className={css["heading"]}>{t("shell.admin")}</h2>
      <ul ref={list} className={css["list"]} data-scrolls>
        {adminPlaces(me.abilities).map(({ id, label, icon: Glyph, to }) => (
          <li key={id}>
            <Link to={to} className={css["place"]} data-place={id} activeProps={{ "data-on": true }}>
              <Glyph size={18} stroke={1.6} aria-hidden />
              <span className="cut">{t(label)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <p className={css["used"]}>
        <b>{me.user.display_name}</b>
        <br />
        {t("admin.recorded")}
      </p>
    </nav>
  );
}
