// The frame of every address, and what it shows when an address fails or leads nowhere.
import { Skeleton } from "@mantine/core";
import { Link, Outlet, useRouter, useRouterState, type ErrorComponentProps } from "@tanstack/react-router";
import { useCallback, useEffect, type ReactNode } from "react";
import { OfflineBar, ErrorState, NotFoundState } from "@/components/states";
import { useI18n } from "@/lib/i18n/i18n";
import { player } from "@/lib/player/the-player";
import { UploadDoor } from "@/lib/upload-door";
import { collectInput } from "@/features/files/upload/collect";
import { UploadProvider, useUploadQueue } from "@/features/files/upload/upload-context";
import { PlayerBar } from "@/features/player/player-bar";
import { ProofDoor } from "@/features/proof/proof-dialog";
import { UploadTray } from "@/features/files/upload/upload-tray";
import { GlobalActions } from "./global-actions";
import css from "./root.module.css";

export function Root() {
  return (
    <UploadProvider>
      <div className={css["root"]}>
        <OfflineBar />
        <div className={css["page"]}>
          <Door>
            <Outlet />
          </Door>
        </div>
        <Foot />
        <GlobalActions />
        <ProofDoor />
      </div>
    </UploadProvider>
  );
}

/** What stands at the foot of every page: the player where the shell, which has a place for it, is not shown; and its end where nobody is signed in. */
function Foot() {
  const where = useRouterState({
    select: ({ location: { pathname } }) =>
      pathname.startsWith("/workspaces/") ? "workspace" : signedOut.has(pathname) ? "outside" : "shell",
  });
  useEffect(() => {
    if (where === "outside") player.close();
  }, [where]);
  return (
    <>
      {where === "workspace" ? <PlayerBar /> : null}
      <UploadTray />
    </>
  );
}

const signedOut = new Set(["/sign-in", "/setup", "/join", "/reset"]);

function Door({ children }: { children: ReactNode }) {
  const queue = useUploadQueue();
  const upload = useCallback(
    (folderId: string, files: FileList) => queue.add(folderId, collectInput(files)),
    [queue],
  );
  return <UploadDoor value={upload}>{children}</UploadDoor>;
}

export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { t } = useI18n();
  return (
    <ErrorState
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    >
      <Link to="/">{t("states.to_home")}</Link>
    </ErrorState>
  );
}

export function RouteNotFound() {
  const { t } = useI18n();
  return (
    <NotFoundState>
      <Link to="/">{t("states.to_home")}</Link>
    </NotFoundState>
  );
}

export function RoutePending() {
  return (
    <div className={css["pending"]} aria-busy>
      <Skeleton height={20} width={180} />
      <Skeleton height={14} width="60%" mt={18} />
      <Skeleton height={14} width="48%" mt={12} />
      <Skeleton height={14} width="54%" mt={12} />
    </div>
  );
}
