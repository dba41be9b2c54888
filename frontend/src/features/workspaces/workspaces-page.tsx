// All workspaces of this person, with their state and why they are in it.
import { Skeleton } from "@mantine/core";
import { IconCode, IconDots, IconFolder, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useApi } from "@/api/context";
import type { Workspace } from "@/api/model";
import { keys, useMe, useWorkspaces } from "@/api/queries";
import { Button, IconButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Refusal } from "@/components/form";
import { ActionMenu } from "@/components/menu";
import { PageHead } from "@/components/page-head";
import { pageClass } from "@/components/page";
import { When } from "@/components/small";
import { EmptyState, ErrorState, NotFoundState } from "@/components/states";
import { WorkspaceState } from "@/components/workspace-state";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { causeText } from "@/lib/cause-text";
import { useI18n } from "@/lib/i18n/i18n";
import { deleteWorkspace } from "./api/delete-workspace";
import css from "./workspaces.module.css";

const rankOf = (workspace: Workspace) =>
  ({ running: 0, starting: 1, failed: 2, unknown: 3, stopped: 4 })[workspace.state];

/** Without the right the page is as empty as an address that leads nowhere. */
export function WorkspacesPage() {
  const { t } = useI18n();
  if (useMe().abilities.use_workspaces) return <OwnWorkspaces />;
  return (
    <div className={pageClass}>
      <PageHead title={t("states.not_found_title")} />
      <NotFoundState />
    </div>
  );
}

function OwnWorkspaces() {
  const { t } = useI18n();
  const me = useMe();
  const navigate = useNavigate();
  const workspaces = useWorkspaces({ enabled: true });
  const [removing, setRemoving] = useState<Workspace | null>(null);
  const sorted = useMemo(
    () => [...(workspaces.data ?? [])].sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name)),
    [workspaces.data],
  );
  const actions = useMemo<Action[]>(
    () =>
      sorted.map((workspace) => ({
        id: `workspaces.open.${workspace.id}`,
        label: t("workspaces.open_named", { name: workspace.name }),
        group: t("shell.workspaces"),
        icon: IconCode,
        disabledReason: workspace.abilities.open ? null : t("workspaces.why_not_open"),
        run: () =>
          void navigate({
            to: "/workspaces/$workspaceId",
            params: { workspaceId: workspace.id },
            search: {},
          }),
      })),
    [sorted, t, navigate],
  );
  useRegisterActions(actions);
  return (
    <div className={pageClass}>
      <PageHead title={t("shell.workspaces")} crumbs={[{ label: t("shell.workspaces") }]} />
      {workspaces.isError ? (
        <ErrorState error={workspaces.error} onRetry={() => void workspaces.refetch()} />
      ) : workspaces.isPending ? (
        <div className={css["cards"]} aria-busy>
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} height={132} radius={10} />
          ))}
        </div>
      ) : sorted.length === 0 ? (
        <EmptyState icon={IconCode} title={t("workspaces.empty_title")} text={t("workspaces.empty_text")}>
          {me.personal_space ? (
            <Button kind="primary" icon={IconFolder} onClick={() => void navigate({ to: "/files" })}>
              {t("workspaces.choose_folder")}
            </Button>
          ) : null}
        </EmptyState>
      ) : (
        <ul className={css["cards"]}>
          {sorted.map((workspace) => (
            <Card key={workspace.id} workspace={workspace} onRemove={() => setRemoving(workspace)} />
          ))}
        </ul>
      )}
      {removing ? <RemoveDialog workspace={removing} onClose={() => setRemoving(null)} /> : null}
    </div>
  );
}

function Card({ workspace, onRemove }: { workspace: Workspace; onRemove: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const navigate = useNavigate();
  const menu: Action[][] = [
    [
      {
        id: "folder",
        label: t("workspaces.show_folder"),
        group: "",
        icon: IconFolder,
        run: () =>
          void navigate({ to: "/files/$nodeId", params: { nodeId: workspace.folder_id }, search: {} }),
      },
    ],
    [
      {
        id: "remove",
        label: t("workspaces.remove"),
        group: "",
        icon: IconTrash,
        danger: true,
        disabledReason: workspace.abilities.delete ? null : t("workspaces.why_not_remove"),
        run: onRemove,
      },
    ],
  ];
  return (
    <li className={css["card"]}>
      <div className={css["head"]}>
        <span className={css["pic"]} data-state={workspace.state}>
          <IconCode size={20} stroke={1.7} aria-hidden />
        </span>
        <h2 className="cut" title={workspace.name}>
          {workspace.name}
        </h2>
        <ActionMenu
          label={t("workspaces.more_for", { name: workspace.name })}
          target={<IconButton icon={IconDots} label={t("workspaces.more_for", { name: workspace.name })} />}
          groups={menu}
        />
      </div>
      <p className={css["state"]}>
        <WorkspaceState state={workspace.state} />
        {workspace.state === "running" && workspace.started_at ? (
          <span className="muted">
            {t("workspaces.since")} <When time={workspace.started_at} />
          </span>
        ) : null}
      </p>
      <p className={css["cause"]}>{causeText(i18n, workspace.cause)}</p>
      {workspace.abilities.open ? (
        <Link
          to="/workspaces/$workspaceId"
          params={{ workspaceId: workspace.id }}
          search={{}}
          className={css["open"]}
          aria-label={t("workspaces.open_named", { name: workspace.name })}
        >
          {t("workspaces.open")}
        </Link>
      ) : null}
    </li>
  );
}

function RemoveDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteWorkspace(api, workspace.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.workspaces });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("workspaces.remove_title", { name: workspace.name })}
      onClose={onClose}
      acts={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button kind="danger" loading={remove.isPending} onClick={() => remove.mutate()} data-autofocus>
            {t("workspaces.remove")}
          </Button>
        </>
      }
    >
      <p>{t("workspaces.remove_text")}</p>
      <Refusal error={remove.error} />
    </Dialog>
  );
}
