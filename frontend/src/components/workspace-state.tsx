// The state of a workspace as a tag; home, list and details use the same words.
import type { Workspace } from "@/api/model";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { Tag, type Tone } from "./small";

const looks: Record<Workspace["state"], { key: MessageKey; tone: Tone; dot: boolean }> = {
  running: { key: "workspaces.state_running", tone: "good", dot: true },
  starting: { key: "workspaces.state_starting", tone: "info", dot: true },
  stopped: { key: "workspaces.state_stopped", tone: "plain", dot: false },
  failed: { key: "workspaces.state_failed", tone: "danger", dot: false },
  unknown: { key: "workspaces.state_unknown", tone: "attention", dot: false },
};

export function WorkspaceState(props: { state: Workspace["state"] }) {
  const { t } = useI18n();
  const look = looks[props.state];
  return (
    <Tag tone={look.tone} dot={look.dot}>
      {t(look.key)}
    </Tag>
  );
}
