// One request for a role: who, which, why, how long, and what became of it.
import { IconAlertTriangle, IconUserUp } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { RoleRequest } from "@/api/model-access";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { roleText } from "@/lib/role-text";
import { rowClasses } from "./rows";
import css from "./role-request.module.css";
import { Tag, When, type Tone } from "./small";

const tones: Record<RoleRequest["state"], Tone> = {
  pending: "attention",
  approved: "good",
  reviewed: "good",
  denied: "danger",
  withdrawn: "plain",
  expired: "plain",
};

export function RoleRequestRow(props: { request: RoleRequest; withPerson: boolean; children?: ReactNode }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const { request } = props;
  const emergency = request.kind === "break_glass";
  const Glyph = emergency ? IconAlertTriangle : IconUserUp;
  const what = t("requests.for", {
    role: roleText(i18n, request.role),
    time: format.duration(request.minutes * 60),
  });
  return (
    <li className={css["row"]}>
      <span className={rowClasses.pic} data-tone={emergency ? "danger" : undefined}>
        <Glyph size={17} stroke={1.7} aria-hidden />
      </span>
      <div>
        <p className={css["head"]}>
          <b>{props.withPerson ? request.user.display_name : what}</b>
          <Tag tone={tones[request.state]}>{t(`requests.state_${request.state}` as MessageKey)}</Tag>
          {emergency ? <Tag tone="danger">{t("requests.break_glass")}</Tag> : null}
        </p>
        {props.withPerson ? <p>{what}</p> : null}
        <blockquote>{request.reason}</blockquote>
        <small>
          <When time={request.created_at} />
          {request.decided_at && request.decided_by
            ? `, ${t("requests.decided", { name: request.decided_by, time: format.date(request.decided_at) })}`
            : null}
          {request.expires_at && ["approved", "reviewed"].includes(request.state)
            ? `, ${t("requests.until", { time: format.dateTime(request.expires_at) })}`
            : null}
        </small>
        {props.children}
      </div>
    </li>
  );
}
