// Every version of a file that is kept: where it came from, and what can be done with it.
import { Skeleton } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowsDiff,
  IconDots,
  IconDownload,
  IconTag,
  IconTagOff,
  IconTrash,
} from "@tabler/icons-react";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Suspense, lazy, useState } from "react";
import { useApi } from "@/api/context";
import type { Node, Version } from "@/api/model";
import { keys } from "@/api/queries";
import { Button, IconButton } from "@/components/button";
import { Refusal } from "@/components/form";
import { FormDialog } from "@/components/form-dialog";
import { ActionMenu } from "@/components/menu";
import { NameDialog } from "@/components/name-dialog";
import { Tag, When } from "@/components/small";
import { ErrorState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { contentUrl, versionUrl } from "../api/download";
import { listVersions } from "../api/list-versions";
import { useDownload } from "../use-download";
import { useVersionChanges } from "./use-version-changes";
import css from "./details.module.css";

const CompareDialog = lazy(async () => ({
  default: (await import("./compare-dialog")).CompareDialog,
}));

const origins: Record<Version["origin"], MessageKey> = {
  upload: "files.origin_upload",
  sync: "files.origin_sync",
  editor: "files.origin_editor",
  office: "files.origin_office",
  workspace: "files.origin_workspace",
  restore: "files.origin_restore",
  copy: "files.origin_copy",
  import: "files.origin_import",
  conflict: "files.origin_conflict",
  other: "files.origin_other",
};

/** Larger texts are compared with tools of one's own. */
const comparableBytes = 1024 * 1024;

type Open = { kind: "compare" | "label" | "delete"; version: Version } | null;

export function Versions({ node }: { node: Node }) {
  const { t } = useI18n();
  const api = useApi();
  const changes = useVersionChanges(node);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const versions = useInfiniteQuery({
    queryKey: [...keys.versions(node.id), node.version?.id],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => listVersions(api, node.id, pageParam, signal),
    getNextPageParam: (page) => page.next,
  });
  // Without a dialog that could say what went wrong.
  const act = useMutation({ mutationFn: (work: () => Promise<void>) => work() });
  const remove = useMutation({ mutationFn: changes.remove, onSuccess: close });
  const items = versions.data?.pages.flatMap((page) => page.items);
  const current = items?.find((version) => version.current);
  return (
    <section className={css["versions"]} aria-label={t("files.versions")}>
      <h4>{t("files.versions")}</h4>
      {versions.isError ? (
        <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
      ) : null}
      {versions.isPending ? (
        <>
          <Skeleton height={34} mt={8} />
          <Skeleton height={34} mt={8} />
        </>
      ) : null}
      <Refusal error={act.error} />
      <ol>
        {items?.map((version) => (
          <VersionLine
            key={version.id}
            node={node}
            version={version}
            current={current}
            onRestore={() => act.mutate(() => changes.restore(version))}
            onUnlabel={() => act.mutate(() => changes.label(version, null))}
            onOpen={(kind) => {
              remove.reset();
              setOpen({ kind, version });
            }}
          />
        ))}
      </ol>
      {versions.hasNextPage ? (
        <Button
          size="small"
          loading={versions.isFetchingNextPage}
          onClick={() => void versions.fetchNextPage()}
        >
          {t("files.older_versions")}
        </Button>
      ) : null}
      {open?.kind === "compare" && current ? (
        <Suspense fallback={null}>
          <CompareDialog node={node} old={open.version} current={current} onClose={close} />
        </Suspense>
      ) : null}
      {open?.kind === "label" ? (
        <NameDialog
          title={t("files.label_title", { number: open.version.number })}
          text={t("files.label_text")}
          label={t("files.label")}
          submit={t("common.save")}
          initial={open.version.label ?? ""}
          onClose={close}
          save={(label) => changes.label(open.version, label)}
        />
      ) : null}
      {open?.kind === "delete" ? (
        <FormDialog
          title={t("files.delete_version_title", {
            number: open.version.number,
            name: visibleName(node.name),
          })}
          text={<p>{t("files.delete_version_text")}</p>}
          submit={t("trash.purge")}
          danger
          onClose={close}
          onSubmit={() => remove.mutate(open.version)}
          pending={remove.isPending}
          error={remove.error}
        />
      ) : null}
    </section>
  );
}

function VersionLine(props: {
  node: Node;
  version: Version;
  current: Version | undefined;
  onRestore: () => void;
  onUnlabel: () => void;
  onOpen: (kind: "compare" | "label" | "delete") => void;
}) {
  const { t, format } = useI18n();
  const download = useDownload();
  const { node, version, current } = props;
  const group = t("files.versions");
  const mayNot = t("files.why_read_only");
  const large = Math.max(version.size, current?.size ?? 0) > comparableBytes;
  const old: Action[] = version.current
    ? []
    : [
        {
          id: "version.restore",
          label: t("files.restore_version"),
          group,
          icon: IconArrowBackUp,
          disabledReason: version.abilities.restore ? null : mayNot,
          run: props.onRestore,
        },
        {
          id: "version.compare",
          label: t("files.compare"),
          group,
          icon: IconArrowsDiff,
          disabledReason: large ? t("files.why_too_large_to_compare") : null,
          run: () => props.onOpen("compare"),
        },
      ];
  const labels: Action[] = [
    {
      id: "version.label",
      label: version.label === null ? t("files.label_give") : t("files.label_change"),
      group,
      icon: IconTag,
      disabledReason: version.abilities.label ? null : mayNot,
      run: () => props.onOpen("label"),
    },
    ...(version.label === null || !version.abilities.label
      ? []
      : [
          {
            id: "version.unlabel",
            label: t("files.label_remove"),
            group,
            icon: IconTagOff,
            run: props.onUnlabel,
          },
        ]),
  ];
  const removal: Action[] = version.current
    ? []
    : [
        {
          id: "version.delete",
          label: t("trash.purge"),
          group,
          icon: IconTrash,
          danger: true,
          disabledReason: version.abilities.delete ? null : mayNot,
          run: () => props.onOpen("delete"),
        },
      ];
  const number = version.number;
  return (
    <li>
      <div>
        <b className="num">{t("files.version_n", { count: number })}</b>{" "}
        {version.current ? <Tag tone="good">{t("files.current")}</Tag> : null}
        {version.origin === "conflict" ? <Tag tone="attention">{t("files.conflict")}</Tag> : null}
        {version.label === null ? null : <span className={css["label"]}>{visibleName(version.label)}</span>}
        <small>
          <When time={version.created_at} />
          {version.created_by ? `, ${version.created_by.display_name}` : null}
        </small>
        <small>
          {t(origins[version.origin])}, {format.bytes(version.size)}
        </small>
      </div>
      <span className={css["acts"]}>
        <a
          className={css["get"]}
          href={version.current ? contentUrl(node.id) : versionUrl(node.id, version.id)}
          download={node.name}
          onClick={(event) => {
            event.preventDefault();
            download(event.currentTarget.href, node.name);
          }}
          title={t("files.download_version", { number })}
          aria-label={t("files.download_version", { number })}
        >
          <IconDownload size={17} stroke={1.7} aria-hidden />
        </a>
        <ActionMenu
          label={t("files.version_acts", { number })}
          groups={[old, labels, removal]}
          target={<IconButton small icon={IconDots} label={t("files.version_acts", { number })} />}
        />
      </span>
    </li>
  );
}
