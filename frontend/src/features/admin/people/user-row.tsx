import { IconFingerprint, IconLockOpen, IconShieldCheck, type Icon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Avatar, Tag, When, type Tone } from "@/components/small";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { roleText } from "@/lib/role-text";
import css from "../admin.module.css";
import type { AdminUser } from "../api/model";

export const stateTones: Record<AdminUser["state"], Tone> = {
  active: "good",
  disabled: "attention",
  deleted: "plain",
};
const factorIcons: Record<AdminUser["second_factor"], Icon> = {
  none: IconLockOpen,
  totp: IconShieldCheck,
  passkey: IconFingerprint,
};

/** One account; the address holds which is open, so that the row is a link. */
export function UserRow(props: { user: AdminUser; chosen: boolean }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { user } = props;
  const Glyph = factorIcons[user.second_factor];
  return (
    <li>
      <Link
        to="/admin/users"
        search={(now) => ({ ...now, user: user.id })}
        replace
        className={css["row"]}
        data-on={props.chosen || undefined}
        aria-current={props.chosen || undefined}
      >
        <Avatar id={user.id} name={user.display_name} size={26} />
        <span className={css["what"]}>
          <b className="cut" title={user.display_name}>
            {user.display_name}
          </b>
          <small className="cut">
            {user.name}
            {user.email ? `, ${user.email}` : null}
          </small>
        </span>
        <span className={css["end"]}>
          {user.kind === "service" ? <Tag tone="info">{t("admin.kind_service")}</Tag> : null}
          {user.state === "active" ? null : (
            <Tag tone={stateTones[user.state]}>{t(`admin.state_${user.state}` as MessageKey)}</Tag>
          )}
          {user.roles.map((role) => (
            <Tag key={role.id}>{roleText(i18n, role)}</Tag>
          ))}
          {user.kind === "person" ? (
            <span title={t(`admin.factor_${user.second_factor}` as MessageKey)}>
              <Glyph size={16} stroke={1.7} aria-hidden />
              <span className="sr-only">{t(`admin.factor_${user.second_factor}` as MessageKey)}</span>
            </span>
          ) : null}
          <span>{user.last_seen_at ? <When time={user.last_seen_at} /> : t("admin.never_seen")}</span>
        </span>
      </Link>
    </li>
  );
}
