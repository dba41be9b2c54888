// Everybody with an account here, people and programs. Who is chosen opens beside the list.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { NativeSelect } from "@mantine/core";
import { useCallback, useMemo, useRef, useState } from "react";
import { useApi } from "@/api/context";
import { RowsSkeleton } from "@/components/answer";
import { ActionButton, Button } from "@/components/button";
import { SearchField } from "@/components/search-field";
import { EmptyState, ErrorState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { useStillHere } from "@/lib/navigation/use-still-here";
import css from "../admin.module.css";
import { AdminPage, Needs } from "../admin-page";
import { listUsers } from "../api/list-users";
import { LinkRows } from "../link-rows";
import { adminKeys, calm } from "../use-admin-query";
import { NewUserDialog } from "./new-user-dialog";
import { filterOf, userStates, type PeopleSearch } from "./people-search";
import { UserPanel } from "./user-panel";
import { UserRow } from "./user-row";

export function PeoplePage() {
  return (
    <Needs ability="manage_users">
      <People />
    </Needs>
  );
}

function People() {
  const { t } = useI18n();
  const api = useApi();
  const search = useSearch({ from: "/shell/admin/users" });
  const navigate = useNavigate({ from: "/admin/users" });
  const stillHere = useStillHere();
  const field = useRef<HTMLInputElement>(null);
  const [making, setMaking] = useState(false);
  const { q, state } = search;
  const filter = useMemo(() => filterOf({ q, state }), [q, state]);
  const setSearch = useCallback(
    (change: Partial<PeopleSearch>) => {
      if (!stillHere()) return;
      void navigate({
        search: (now) =>
          Object.fromEntries(
            Object.entries({ ...now, ...change }).filter(([, value]) => value),
          ) as PeopleSearch,
        replace: true,
      });
    },
    [navigate, stillHere],
  );
  const findText = useCallback((text: string) => setSearch({ q: text }), [setSearch]);
  const users = useInfiniteQuery({
    queryKey: [...adminKeys.users, "list", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => listUsers(api, filter, pageParam, signal),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
    ...calm,
  });
  const items = users.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.keys(filter).length > 0;
  const actions = useMemo<Action[]>(
    () => [
      {
        id: "admin.new-user",
        label: t("admin.new_user"),
        group: t("admin.people"),
        icon: IconUserPlus,
        run: () => setMaking(true),
      },
      {
        id: "admin.find-user",
        label: t("admin.find_person"),
        group: t("admin.people"),
        shortcut: "/",
        run: () => field.current?.focus(),
      },
    ],
    [t],
  );
  useRegisterActions(actions);
  const [create] = actions;
  const clear = <Button onClick={() => setSearch({ q: "", state: "" })}>{t("admin.clear_filters")}</Button>;
  return (
    <AdminPage
      title={t("admin.people")}
      heading={t("admin.people_title")}
      acts={create ? <ActionButton action={create} kind="primary" /> : null}
      side={
        search.user ? (
          <UserPanel key={search.user} id={search.user} onClose={() => setSearch({ user: "" })} />
        ) : null
      }
    >
      <div className={css["filters"]}>
        <SearchField label={t("admin.find_person")} value={q ?? ""} onChange={findText} fieldRef={field} />
        <NativeSelect
          aria-label={t("admin.state")}
          size="xs"
          value={state ?? ""}
          onChange={(event) => setSearch({ state: event.currentTarget.value as PeopleSearch["state"] })}
          data={[
            { value: "", label: t("admin.state_any") },
            ...userStates.map((each) => ({ value: each, label: t(`admin.state_${each}` as MessageKey) })),
          ]}
        />
      </div>
      {users.isError && items.length === 0 ? (
        <ErrorState error={users.error} onRetry={() => void users.refetch()} />
      ) : users.isPending ? (
        <RowsSkeleton count={6} />
      ) : items.length === 0 ? (
        <EmptyState icon={IconUsers} title={filtered ? t("admin.nobody_found") : t("admin.nobody")}>
          {filtered ? clear : null}
        </EmptyState>
      ) : (
        <>
          <LinkRows label={t("admin.people")}>
            {items.map((user) => (
              <UserRow key={user.id} user={user} chosen={user.id === search.user} />
            ))}
          </LinkRows>
          {users.hasNextPage ? (
            <div className={css["more"]}>
              <Button loading={users.isFetchingNextPage} onClick={() => void users.fetchNextPage()}>
                {t("admin.more_people")}
              </Button>
            </div>
          ) : null}
        </>
      )}
      {making ? (
        <NewUserDialog
          onClose={() => setMaking(false)}
          onMade={(user) => setSearch({ user: user.id, q: "", state: "" })}
        />
      ) : null}
    </AdminPage>
  );
}
