// The spaces of this person: what is in them, how full they are, and their settings beside them.
import { IconFolder, IconPlus, IconSettings, IconUsers } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { Space } from "@/api/model";
import { useAllSpaces, useMe } from "@/api/queries";
import { Answer } from "@/components/answer";
import { ActionButton } from "@/components/button";
import { PageHead } from "@/components/page-head";
import { Tag } from "@/components/small";
import { EmptyState } from "@/components/states";
import { Usage } from "@/components/usage";
import { WorkPage, WorkPageText } from "@/components/work-page";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { NewSpaceDialog } from "./new-space-dialog";
import { roleKey } from "./role-key";
import { SpacePanel } from "./space-panel";
import css from "./spaces.module.css";

export function SpacesPage() {
  const { t } = useI18n();
  const me = useMe();
  const navigate = useNavigate({ from: "/spaces" });
  const { space: open, archived } = useSearch({ from: "/shell/spaces" });
  const spaces = useAllSpaces();
  const [making, setMaking] = useState(false);
  const action = useMemo<Action>(
    () => ({
      id: "spaces.new",
      label: t("spaces.new"),
      group: t("shell.group_spaces"),
      icon: IconPlus,
      disabledReason: me.abilities.make_spaces ? null : t("spaces.why_not_new"),
      run: () => setMaking(true),
    }),
    [t, me],
  );
  useRegisterActions(useMemo(() => [action], [action]));
  const chosen = spaces.data?.find((space) => space.id === open);
  const archivedCount = spaces.data?.filter((space) => space.archived_at !== null).length ?? 0;
  const shown = spaces.data?.filter((space) => (space.archived_at !== null) === Boolean(archived));
  return (
    <WorkPage
      head={<PageHead title={t("shell.group_spaces")} crumbs={[{ label: t("shell.group_spaces") }]} />}
      heading={
        <>
          <h1>{archived ? t("spaces.title_archived") : t("spaces.title")}</h1>
          <WorkPageText>{archived ? t("spaces.text_archived") : t("spaces.text")}</WorkPageText>
        </>
      }
      acts={<ActionButton action={action} kind="primary" />}
    >
      <div className={css["main"]}>
        <Answer to={spaces}>
          {() =>
            shown?.length === 0 ? (
              <EmptyState
                icon={IconUsers}
                title={archived ? t("spaces.none_archived") : t("spaces.none_title")}
                {...(archived ? {} : { text: t("spaces.none_text") })}
              >
                {archived || !me.abilities.make_spaces ? null : (
                  <ActionButton action={action} kind="primary" />
                )}
              </EmptyState>
            ) : (
              <ul className={css["rows"]} aria-label={t("shell.group_spaces")}>
                {shown?.map((space) => (
                  <SpaceRow key={space.id} space={space} open={space.id === open} />
                ))}
              </ul>
            )
          }
        </Answer>
        {archived ? (
          <p className={css["foot"]}>
            <Link to="/spaces" search={{}}>
              {t("spaces.show_active")}
            </Link>
          </p>
        ) : archivedCount > 0 ? (
          <p className={css["foot"]}>
            <Link to="/spaces" search={{ archived: true }}>
              {t("spaces.show_archived", { count: archivedCount })}
            </Link>
          </p>
        ) : null}
      </div>
      {chosen ? (
        <SpacePanel
          key={chosen.id}
          space={chosen}
          onClose={() => void navigate({ search: (now) => ({ ...now, space: undefined }), replace: true })}
        />
      ) : null}
      {making ? (
        <NewSpaceDialog
          onClose={() => setMaking(false)}
          onMade={(made) => void navigate({ search: { space: made.id }, replace: true })}
        />
      ) : null}
    </WorkPage>
  );
}

function SpaceRow({ space, open }: { space: Space; open: boolean }) {
  const { t } = useI18n();
  const personal = space.kind === "personal";
  const Glyph = personal ? IconFolder : IconUsers;
  const name = personal ? t("shell.personal_space") : visibleName(space.name);
  return (
    <li className={css["row"]} data-on={open || undefined}>
      <span className={css["pic"]} aria-hidden>
        <Glyph size={19} stroke={1.6} />
      </span>
      <span className={css["what"]}>
        <Link to="/files/$nodeId" params={{ nodeId: space.root_id }} className={css["name"]} title={name}>
          {name}
        </Link>
        <small className="cut">
          {space.description !== ""
            ? visibleName(space.description)
            : personal
              ? t("home.only_you")
              : t("spaces.members_n", { count: space.member_count })}
        </small>
      </span>
      <div className={css["usage"]}>
        <Usage used={space.used ?? space.size} quota={space.quota} label={t("spaces.usage_of", { name })} />
      </div>
      <span className={css["role"]}>
        <Tag>{t(roleKey(space.role))}</Tag>
      </span>
      <Link
        to="/spaces"
        search={(now) => ({ ...now, space: open ? undefined : space.id })}
        replace
        className={css["gear"]}
        aria-label={t("spaces.settings_of", { name })}
        aria-current={open || undefined}
        title={t("spaces.settings")}
      >
        <IconSettings size={18} stroke={1.6} aria-hidden />
      </Link>
    </li>
  );
}
