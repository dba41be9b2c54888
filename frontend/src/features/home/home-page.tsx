// What is going on for this person: running workspaces first, then the spaces, then what is wrong with the server.
import { Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconCode, IconFolder, IconUpload, IconUsers } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import type { Health, Space, Workspace } from "@/api/model";
import { useHealth, useMe, useSpaces, useWorkspaces } from "@/api/queries";
import { Button } from "@/components/button";
import { PageHead } from "@/components/page-head";
import { pageClass } from "@/components/page";
import { rowClasses } from "@/components/rows";
import { When } from "@/components/small";
import { ErrorState } from "@/components/states";
import { WorkspaceState } from "@/components/workspace-state";
import { causeText } from "@/lib/cause-text";
import { useI18n, type I18n } from "@/lib/i18n/i18n";
import { useUpload } from "@/lib/upload-door";
import { useNow } from "@/lib/time/now";
import css from "./home.module.css";

function headline(i18n: I18n, name: string, running: readonly Workspace[]): string {
  const { t, format } = i18n;
  if (running.length === 0) return t("home.hello", { name });
  return t("home.running", {
    count: running.length,
    names: format.list(running.slice(0, 3).map((each) => each.name)),
  });
}

export function HomePage() {
  const i18n = useI18n();
  const { t, format } = i18n;
  const me = useMe();
  const now = useNow();
  const workspaces = useWorkspaces({ enabled: me.abilities.use_workspaces });
  const spaces = useSpaces();
  const running =
    workspaces.data?.filter((each) => each.state === "running" || each.state === "starting") ?? [];
  const others = workspaces.data?.filter((each) => !running.includes(each)) ?? [];
  // Before the first file and the first workspace there is nothing to go on with, but something to begin with.
  const nothingYet =
    spaces.data?.every((space) => space.size === 0) === true &&
    (me.abilities.use_workspaces ? workspaces.data?.length === 0 : true);
  return (
    <div className={`${pageClass} ${css["home"]}`}>
      <PageHead title={t("shell.home")}>
        <span className="muted">{format.weekday(now)}</span>
      </PageHead>
      <h1>
        {workspaces.isPending && me.abilities.use_workspaces ? (
          <Skeleton height={31} width={340} />
        ) : (
          headline(i18n, me.user.display_name, running)
        )}
      </h1>
      {running.map((workspace) => (
        <article key={workspace.id} className={css["live"]}>
          <span className={css["pic"]}>
            <IconCode size={20} stroke={1.7} aria-hidden />
          </span>
          <div className={css["what"]}>
            <h2>
              <span className="cut">{workspace.name}</span> <WorkspaceState state={workspace.state} />
            </h2>
            {workspace.started_at ? (
              <p>
                {t("home.started")} <When time={workspace.started_at} />
              </p>
            ) : null}
          </div>
          <Link
            to="/workspaces/$workspaceId"
            params={{ workspaceId: workspace.id }}
            className={css["continue"]}
          >
            {t("home.continue")}
          </Link>
        </article>
      ))}
      <HealthNote />
      {nothingYet && me.personal_space ? (
        <Beginning folderId={me.personal_space.root_id} withWorkspaces={me.abilities.use_workspaces} />
      ) : null}
      <section>
        <h2>{t("shell.group_spaces")}</h2>
        {spaces.isError ? <ErrorState error={spaces.error} onRetry={() => void spaces.refetch()} /> : null}
        <ul className={rowClasses.rows}>
          {spaces.data?.length === 0 ? <li className={css["none"]}>{t("home.no_spaces")}</li> : null}
          {spaces.data?.map((space) => <SpaceRow key={space.id} space={space} />) ??
            (spaces.isPending ? [1, 2].map((n) => <SkeletonRow key={n} />) : null)}
        </ul>
      </section>
      {workspaces.isError ? (
        <ErrorState error={workspaces.error} onRetry={() => void workspaces.refetch()} />
      ) : null}
      {others.length > 0 ? (
        <section>
          <h2>
            {t("shell.workspaces")}
            <Link to="/workspaces">{t("home.all_workspaces")}</Link>
          </h2>
          <ul className={rowClasses.rows}>
            {others.slice(0, 5).map((workspace) => (
              <li key={workspace.id}>
                <Link
                  to="/workspaces/$workspaceId"
                  params={{ workspaceId: workspace.id }}
                  className={rowClasses.row}
                >
                  <span className={rowClasses.pic}>
                    <IconCode size={17} stroke={1.7} aria-hidden />
                  </span>
                  <span className={rowClasses.text}>
                    <b className="cut">{workspace.name}</b>
                    <small className="cut">
                      {causeText(i18n, workspace.cause) ?? t("home.workspace_of_folder")}
                    </small>
                  </span>
                  <span className={rowClasses.end}>
                    <WorkspaceState state={workspace.state} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

function Beginning(props: { folderId: string; withWorkspaces: boolean }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const upload = useUpload();
  const input = useRef<HTMLInputElement>(null);
  const openFiles = () =>
    void navigate({ to: "/files/$nodeId", params: { nodeId: props.folderId }, search: {} });
  return (
    <section className={css["beginning"]}>
      <h2>{t("home.empty_title")}</h2>
      <p>{props.withWorkspaces ? t("home.empty_text") : t("home.empty_text_files")}</p>
      <div className={css["acts"]}>
        {upload ? (
          <Button kind="primary" icon={IconUpload} onClick={() => input.current?.click()}>
            {t("home.upload")}
          </Button>
        ) : null}
        <Button icon={IconFolder} onClick={openFiles}>
          {t("home.open_files")}
        </Button>
      </div>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-hidden
        onChange={(event) => {
          if (event.currentTarget.files) upload?.(props.folderId, event.currentTarget.files);
          openFiles();
        }}
      />
    </section>
  );
}

function SpaceRow({ space }: { space: Space }) {
  const { t, format } = useI18n();
  const Glyph = space.kind === "personal" ? IconFolder : IconUsers;
  return (
    <li>
      <Link to="/files/$nodeId" params={{ nodeId: space.root_id }} className={rowClasses.row}>
        <span className={rowClasses.pic} data-on>
          <Glyph size={17} stroke={1.7} aria-hidden />
        </span>
        <span className={rowClasses.text}>
          <b className="cut">{space.kind === "personal" ? t("shell.personal_space") : space.name}</b>
          <small>{space.kind === "personal" ? t("home.only_you") : t("home.team")}</small>
        </span>
        <span className={rowClasses.end}>
          <span className="num">{format.bytes(space.size)}</span>
        </span>
      </Link>
    </li>
  );
}

function SkeletonRow() {
  return (
    <li>
      <div className={rowClasses.row}>
        <Skeleton height={32} width={32} />
        <span className={rowClasses.text}>
          <Skeleton height={13} width={160} />
          <Skeleton height={11} width={90} mt={5} />
        </span>
      </div>
    </li>
  );
}

const partIsWrong = (part: Health["parts"][number]) => part.state !== "fine";

/** Says what does not work and what to do about it; nothing when all is well. */
function HealthNote() {
  const { t } = useI18n();
  const health = useHealth();
  const wrong = health.data?.parts.filter(partIsWrong) ?? [];
  if (wrong.length === 0) return null;
  return (
    <section className={css["health"]} aria-label={t("home.health")}>
      <h2>
        <IconAlertTriangle size={17} stroke={1.8} aria-hidden />
        {t("home.health_wrong", { count: wrong.length })}
      </h2>
      <ul>
        {wrong.map((part) => (
          <li key={part.name}>
            <b>{part.name}</b>: {part.detail}
            {part.remedy ? <span className="muted"> {part.remedy}</span> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
