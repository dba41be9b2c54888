// A workspace fills the screen: explorer, editor, terminals, status. The address holds what is open.
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import { useTitle } from "@/components/page-head";
import { ErrorState } from "@/components/states";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { useStillHere } from "@/lib/navigation/use-still-here";
import { showNotice } from "@/lib/notices/notices";
import { reasonText } from "@/lib/cause-text";
import { isGone } from "./api/model";
import { useConnection } from "./connection/use-connection";
import type { CursorPosition } from "./editor/code-editor";
import { EditorPane } from "./editor/editor-pane";
import { Explorer } from "./explorer/explorer";
import { nameOf } from "./explorer/ignored";
import { PhoneRail, Rail } from "./frame/rail";
import { Splitter } from "./frame/splitter";
import { StartScreen } from "./frame/start-screen";
import { StatusBar } from "./frame/status-bar";
import { WorkspaceTopBar } from "./frame/workspace-top-bar";
import { LeaveGuard } from "./leave-guard";
import { TerminalPanel } from "./terminal/terminal-panel";
import { useDocuments } from "./use-documents";
import { useOpenFiles } from "./use-open-files";
import { useSandbox } from "./use-sandbox";
import { useWorkspaceActions } from "./use-workspace-actions";
import type { ChangeSearch, WorkspaceSearch } from "./workspace-search";
import css from "./frame/frame.module.css";

export function WorkspacePage() {
  const { workspaceId } = useParams({ from: "/workspaces/$workspaceId" });
  return <WorkspaceView key={workspaceId} workspaceId={workspaceId} />;
}

function WorkspaceView({ workspaceId }: { workspaceId: string }) {
  const i18n = useI18n();
  const { t } = i18n;
  const phone = usePhone();
  const search = useSearch({ from: "/workspaces/$workspaceId" });
  const navigate = useNavigate({ from: "/workspaces/$workspaceId" });
  const { connection, state } = useConnection(workspaceId);
  const ready = state.sandbox?.state === "ready" && state.link.phase === "open";
  const { documents, views } = useDocuments(connection, state, ready);
  const [cursor, setCursor] = useState<CursorPosition | null>(null);
  const [sideWidth, setSideWidth] = useState(244);
  const [panelHeight, setPanelHeight] = useState(() => Math.round(window.innerHeight * 0.32));
  const { ide, session, sandbox, link } = state;
  const name = session?.workspace.name ?? t("ide.workspace");
  const canWrite = session?.can_write ?? false;
  useTitle(name);

  const stillHere = useStillHere();
  const setSearch = useCallback<ChangeSearch>(
    (change) => {
      // A file that was being saved may ask for its tab to go when the person is somewhere else already.
      if (!stillHere()) return;
      void navigate({
        search: (now) =>
          Object.fromEntries(
            Object.entries({ ...now, ...(typeof change === "function" ? change(now) : change) }).filter(
              ([, value]) => value && (value as string).length > 0,
            ),
          ) as WorkspaceSearch,
        replace: true,
      });
    },
    [navigate, stillHere],
  );
  const files = useOpenFiles(search, setSearch, documents, views, ready);

  useEffect(
    () =>
      connection.onEvent((event) => {
        if (event.type !== "conflict") return;
        showNotice({
          text: t("ide.conflict_kept", { name: nameOf(event.path), saved: nameOf(event.saved_as) }),
          ms: null,
        });
      }),
    [connection, t],
  );

  const { start: startNow, starting, stop: stopNow } = useSandbox(ide, documents);
  const sideShown = search.side !== "hidden";
  const panelShown = search.panel !== "hidden";
  // The panel that comes back was asked for: its terminal takes the focus again.
  const panelWasHidden = useRef(false);
  useEffect(() => {
    panelWasHidden.current = !panelShown;
  }, [panelShown]);
  const folderId = session?.workspace.folder_id ?? null;
  const { current, paths, close: closeFile, choose } = files;
  const actions = useWorkspaceActions({
    sandbox: isGone(sandbox) ? null : (sandbox?.state ?? null),
    canWrite,
    folderId,
    sideShown,
    panelShown,
    setSearch,
    documents,
    paths,
    current,
    choose,
    closeFile,
    start: startNow,
    stop: stopNow,
  });
  useRegisterActions(actions);

  if (link.phase === "refused") {
    return (
      <ErrorState error={link.problem} onRetry={connection.retryNow}>
        <Link to="/workspaces">{t("ide.leave")}</Link>
      </ErrorState>
    );
  }

  const startScreen = <StartScreen state={state} name={name} starting={starting} onStart={startNow} />;
  // Files that are open stay in sight when the link breaks or the sandbox stops.
  const running = sandbox?.state === "ready";
  const explorer = ide ? (
    <Explorer
      ide={ide}
      connection={connection}
      documents={documents}
      ready={ready}
      canWrite={canWrite}
      current={current}
      onOpen={choose}
      onRenamed={files.renamed}
      onDeleted={files.deleted}
    />
  ) : null;
  const someLoaded = views.size > 0;
  const editor =
    running || someLoaded ? (
      <EditorPane
        documents={documents}
        folderId={folderId}
        views={views}
        paths={paths}
        current={current}
        onChoose={choose}
        onClose={closeFile}
        onDiscard={files.discard}
        onCursor={setCursor}
      />
    ) : null;
  const terminals =
    ide && running ? (
      <TerminalPanel
        ide={ide}
        ready={running}
        canWrite={canWrite}
        current={search.terminal ?? null}
        onCurrent={(id) => setSearch({ terminal: id ?? "" })}
        onHide={() => setSearch({ panel: "hidden" })}
        takesFocus={() => panelWasHidden.current}
      />
    ) : null;
  const view = search.view ?? (current === null ? "explorer" : "editor");
  const banner =
    link.phase === "ended" ? (
      <div className={css["banner"]} role="alert">
        <span>{reasonText(i18n, link.code, link.message)}</span>
        <Button size="small" onClick={connection.retryNow}>
          {t("ide.connect_again")}
        </Button>
      </div>
    ) : isGone(sandbox) && someLoaded ? (
      <div className={css["banner"]} role="alert">
        <span>{t("ide.gone_banner", { reason: reasonText(i18n, "folder_gone", "") })}</span>
        <Link to="/files">{t("ide.to_files")}</Link>
      </div>
    ) : sandbox && !running && someLoaded ? (
      <div className={css["banner"]} role="alert">
        <span>{reasonText(i18n, sandbox.code, sandbox.detail ?? t("ide.not_running"))}</span>
        {sandbox.state === "stopped" || sandbox.state === "failed" ? (
          <Button size="small" loading={starting} onClick={startNow}>
            {t("ide.start_again")}
          </Button>
        ) : null}
      </div>
    ) : session && !session.can_write && running ? (
      <div className={css["banner"]}>
        <span>{t("ide.why_read_only")}</span>
      </div>
    ) : null;

  return (
    <div className={css["page"]}>
      <WorkspaceTopBar
        name={name}
        stop={phone ? undefined : actions.find((action) => action.id === "ide.stop")}
      />
      <div className={css["middle"]}>
        {phone ? (
          <>
            {banner}
            {!running && !someLoaded
              ? startScreen
              : view === "explorer"
                ? explorer
                : view === "terminal"
                  ? terminals
                  : editor}
          </>
        ) : (
          <>
            <Rail
              running={running}
              sideShown={sideShown}
              panelShown={panelShown}
              folderId={folderId}
              onChange={setSearch}
            />
            {sideShown && explorer && running ? (
              <>
                <div className={css["side"]} style={{ width: sideWidth }}>
                  {explorer}
                </div>
                <Splitter
                  label={t("ide.explorer_width")}
                  direction="vertical"
                  size={sideWidth}
                  min={150}
                  max={560}
                  sign={1}
                  onSize={setSideWidth}
                />
              </>
            ) : null}
            <div className={css["center"]}>
              {banner}
              {editor ? <div className={css["editor"]}>{editor}</div> : startScreen}
              {panelShown && terminals ? (
                <>
                  <Splitter
                    label={t("ide.panel_height")}
                    direction="horizontal"
                    size={panelHeight}
                    min={90}
                    max={Math.round(window.innerHeight * 0.75)}
                    sign={-1}
                    onSize={setPanelHeight}
                  />
                  <div className={css["bottom"]} style={{ height: panelHeight }}>
                    {terminals}
                  </div>
                </>
              ) : null}
            </div>
          </>
        )}
      </div>
      <StatusBar
        state={state}
        cursor={phone || current === null ? null : cursor}
        language={current === null ? null : (views.get(current)?.language ?? null)}
        unsaved={[...views.values()].filter((each) => each.dirty).length}
        onRetry={connection.retryNow}
      />
      <LeaveGuard documents={documents} views={views} />
      {phone ? <PhoneRail view={view} onView={(next) => setSearch({ view: next })} /> : null}
    </div>
  );
}
