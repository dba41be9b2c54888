// The frame around every page but the workspace: places on the left (below on a phone), the bar on top.
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { PageHeadSlot } from "@/components/page-head";
import { useI18n } from "@/lib/i18n/i18n";
import { Places } from "./places";
import { TopBar } from "./top-bar";
import { usePlaceActions } from "./place-actions";
import css from "./shell.module.css";

export function Shell() {
  const { t } = useI18n();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const places = usePlaceActions();
  return (
    <PageHeadSlot value={slot}>
      <div className={css["shell"]}>
        <a className={css["skip"]} href="#content">
          {t("shell.skip")}
        </a>
        <Places places={places} />
        <TopBar slot={setSlot} />
        <main className={css["main"]} id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </PageHeadSlot>
  );
}
