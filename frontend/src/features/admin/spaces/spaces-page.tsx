// All spaces of the server: whose they are and how full. Nothing of what is in them.
import { IconFolder, IconUsers } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { RowsSkeleton } from "@/components/answer";
import { Button } from "@/components/button";
import { Tag } from "@/components/small";
import { EmptyState, ErrorState } from "@/components/states";
import { Usage } from "@/components/usage";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import css from "../admin.module.css";
import { AdminPage, Needs } from "../admin-page";
import { listSpaces } from "../api/list-spaces";
import type { SpaceInUse } from "../api/model";
import { adminKeys, calm } from "../use-admin-query";
import { QuotaDialog } from "./quota-dialog";

export function AdminSpacesPage() {
  return (
    <Needs ability="server_settings">
      <AllSpaces />
    </Needs>
  );
}

function AllSpaces() {
  const { t } = useI18n();
  const api = useApi();
  const [open, setOpen] = useState<SpaceInUse | null>(null);
  const spaces = useInfiniteQuery({
    queryKey: adminKeys.spaces,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => listSpaces(api, pageParam, signal),
    getNextPageParam: (page) => page.next,
    ...calm,
  });
  const items = spaces.data?.pages.flatMap((page) => page.items);
  const defaultQuota = spaces.data?.pages[0]?.default_quota ?? null;
  const nameOf = (space: SpaceInUse) =>
    visibleName(space.kind === "personal" ? (space.owner?.display_name ?? space.name) : space.name);
  return (
    <AdminPage
      title={t("shell.group_spaces")}
      heading={t("spaces.admin_title")}
      text={t("spaces.admin_text")}
    >
      {spaces.isError && !items ? (
        <ErrorState error={spaces.error} onRetry={() => void spaces.refetch()} />
      ) : !items ? (
        <RowsSkeleton />
      ) : items.length === 0 ? (
        <EmptyState icon={IconUsers} title={t("spaces.none_at_all")} />
      ) : (
        <ul className={css["rows"]} aria-label={t("shell.group_spaces")}>
          {items.map((space) => {
            const personal = space.kind === "personal";
            const Glyph = personal ? IconFolder : IconUsers;
            const name = nameOf(space);
            return (
              <li key={space.id} className={css["row"]}>
                <Glyph size={18} stroke={1.6} aria-hidden />
                <span className={css["what"]}>
                  <b className="cut" title={name}>
                    {name}
                  </b>
                  <small className="cut">
                    {personal
                      ? t("spaces.personal_of", { name: space.owner?.name ?? space.name })
                      : t("spaces.team")}
                  </small>
                </span>
                <div className={css["end"]}>
                  {space.archived_at ? <Tag>{t("spaces.archived")}</Tag> : null}
                  <div className={css["fill"]}>
                    <Usage
                      used={space.used}
                      quota={space.quota ?? defaultQuota}
                      label={t("spaces.usage_of", { name })}
                    />
                  </div>
                  <Button
                    size="small"
                    aria-label={t("spaces.quota_of", { name })}
                    onClick={() => setOpen(space)}
                  >
                    {t("spaces.quota_change")}
                  </Button>
                </div>
              </li>
            );
          })}
        </ul>
      )}
      {spaces.hasNextPage ? (
        <div className={css["more"]}>
          <Button loading={spaces.isFetchingNextPage} onClick={() => void spaces.fetchNextPage()}>
            {t("spaces.more")}
          </Button>
        </div>
      ) : null}
      {open ? (
        <QuotaDialog
          space={open}
          name={nameOf(open)}
          defaultQuota={defaultQuota}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </AdminPage>
  );
}
