import { IconFolder, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useSpaces } from "@/api/queries";
import { Brand } from "@/components/small";
import { Usage } from "@/components/usage";
import { useI18n } from "@/lib/i18n/i18n";
import type { Place } from "./place-actions";
import css from "./shell.module.css";

export function Places(props: { places: readonly Place[] }) {
  const { t } = useI18n();
  const spaces = useSpaces();
  const personal = spaces.data?.find((space) => space.kind === "personal");
  return (
    <nav className={css["places"]} aria-label={t("shell.places")}>
      <Link to="/" className={css["brand"]} aria-label={t("shell.brand_home")}>
        <Brand />
      </Link>
      <ul className={css["list"]}>
        {props.places.map(({ id, label, icon: Glyph, to, badge }) => (
          <li key={id}>
            <Link
              to={to}
              className={css["place"]}
              data-place={id}
              activeOptions={{ exact: to === "/" }}
              activeProps={{ "data-on": true }}
            >
              <Glyph size={18} stroke={1.6} aria-hidden />
              <span className="cut">{label}</span>
              {badge ? (
                <span className={css["badge"]}>
                  <span aria-hidden>{badge.count}</span>
                  <span className="sr-only">{badge.label}</span>
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
      {spaces.data && spaces.data.length > 0 ? (
        <div className={css["spaces"]}>
          <h2>
            <Link to="/spaces" search={{}} activeProps={{ "data-on": true }}>
              {t("shell.group_spaces")}
            </Link>
          </h2>
          <ul className={css["list"]}>
            {spaces.data.map((space) => {
              const Glyph = space.kind === "personal" ? IconFolder : IconUsers;
              return (
                <li key={space.id}>
                  <Link
                    to="/files/$nodeId"
                    params={{ nodeId: space.root_id }}
                    className={css["place"]}
                    activeProps={{ "data-here": true }}
                    {...(space.abilities.write
                      ? {
                          "data-folder": space.root_id,
                          "data-folder-name":
                            space.kind === "personal" ? t("shell.personal_space") : space.name,
                        }
                      : {})}
                  >
                    <Glyph size={18} stroke={1.6} aria-hidden />
                    <span className="cut">
                      {space.kind === "personal" ? t("shell.personal_space") : space.name}
                    </span>
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ) : null}
      {personal ? (
        <div className={css["used"]}>
          <Usage
            used={personal.used ?? personal.size}
            quota={personal.quota}
            label={t("spaces.usage_of", { name: t("shell.personal_space") })}
          />
        </div>
      ) : null}
    </nav>
  );
}
