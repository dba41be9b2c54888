// The places on a phone: four in reach of the thumb, all others behind the fifth.
import { Menu } from "@mantine/core";
import { IconDotsCircleHorizontal, IconFolder, IconUsers } from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { useSpaces } from "@/api/queries";
import { menuClasses } from "@/components/menu";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import type { Place } from "./place-actions";
import css from "./shell.module.css";

/** A menu on a phone shows so many spaces; all of them have a page. */
const shownSpaces = 6;

export function BottomBar(props: { places: readonly Place[] }) {
  const { t } = useI18n();
  const spaces = useSpaces();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const inBar = props.places.filter((place) => place.bar);
  const behind = props.places.filter((place) => !place.bar);
  const elsewhere = behind.some((place) => path.startsWith(place.to)) || path.startsWith("/spaces");
  const badge = behind.find((place) => place.badge)?.badge;
  const teams = spaces.data?.filter((space) => space.kind === "team") ?? [];
  return (
    <nav className={css["places"]} data-bar aria-label={t("shell.places")}>
      <ul className={css["list"]}>
        {inBar.map(({ id, label, icon: Glyph, to }) => (
          <li key={id}>
            <Link
              to={to}
              className={css["place"]}
              data-place={id}
              activeOptions={{ exact: to === "/" }}
              activeProps={{ "data-on": true }}
            >
              <Glyph size={20} stroke={1.6} aria-hidden />
              <span className="cut">{label}</span>
            </Link>
          </li>
        ))}
        <li>
          <Menu classNames={menuClasses} position="top-end" aria-label={t("shell.more_places")}>
            <Menu.Target>
              <button
                type="button"
                className={css["place"]}
                data-on={elsewhere || undefined}
                aria-label={badge ? `${t("shell.more_places")}, ${badge.label}` : t("shell.more_places")}
              >
                <IconDotsCircleHorizontal size={20} stroke={1.6} aria-hidden />
                <span className="cut" aria-hidden>
                  {t("shell.more")}
                </span>
                {badge ? <span className={css["dot"]} aria-hidden /> : null}
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {behind.map(({ id, label, icon: Glyph, to, badge: own }) => (
                <Menu.Item
                  key={id}
                  component={Link}
                  to={to}
                  data-place={id}
                  leftSection={<Glyph size={18} stroke={1.6} aria-hidden />}
                  rightSection={own ? <span className={css["badge"]}>{own.count}</span> : undefined}
                >
                  {label}
                </Menu.Item>
              ))}
              <Menu.Divider />
              {teams.slice(0, shownSpaces).map((space) => (
                <Menu.Item
                  key={space.id}
                  component={Link}
                  {...({ to: "/files/$nodeId", params: { nodeId: space.root_id } } as object)}
                  leftSection={<IconFolder size={18} stroke={1.6} aria-hidden />}
                >
                  {visibleName(space.name)}
                </Menu.Item>
              ))}
              <Menu.Item
                component={Link}
                {...({ to: "/spaces", search: {} } as object)}
                leftSection={<IconUsers size={18} stroke={1.6} aria-hidden />}
              >
                {t("spaces.all")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </li>
      </ul>
    </nav>
  );
}
