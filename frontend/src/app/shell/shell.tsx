// The frame around every page but the workspace: places on the left (below on a phone), the bar on top.
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useMe } from "@/api/queries";
import { PageHeadSlot } from "@/components/page-head";
import { useI18n } from "@/lib/i18n/i18n";
import { InterruptedUploads } from "@/features/files/upload/interrupted";
import { PlayerBar } from "@/features/player/player-bar";
import { usePhone } from "@/lib/narrow";
import { AdminNav } from "./admin-nav";
import { BottomBar } from "./bottom-bar";
import { FactorBanner } from "./factor-banner";
import { Places } from "./places";
import { TopBar } from "./top-bar";
import { usePlaceActions } from "./place-actions";
import { useSessionWatch } from "./use-session-watch";
import css from "./shell.module.css";

export function Shell() {
  const { t } = useI18n();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const me = useMe();
  const places = usePlaceActions();
  const phone = usePhone();
  const administering = useRouterState({
    select: (state) => state.location.pathname.startsWith("/admin"),
  });
  useSessionWatch();
  return (
    <PageHeadSlot value={slot}>
      <div className={css["shell"]}>
        <a className={css["skip"]} href="#content">
          {t("shell.skip")}
        </a>
        {administering ? <AdminNav /> : phone ? <BottomBar places={places} /> : <Places places={places} />}
        <TopBar slot={setSlot} />
        <main className={css["main"]} id="content" tabIndex={-1}>
          <FactorBanner />
          <div className={css["content"]}>
            <Outlet />
          </div>
          <PlayerBar />
        </main>
        {me.second_factor.limited ? null : <InterruptedUploads />}
      </div>
    </PageHeadSlot>
  );
}
