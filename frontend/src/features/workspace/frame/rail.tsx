// The parts of a workspace: shown or hidden on a wide screen, one at a time on a phone.
import { IconFiles, IconFileText, IconFolder, IconTerminal2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useI18n } from "@/lib/i18n/i18n";
import type { WorkspaceSearch } from "../workspace-search";
import css from "./frame.module.css";

export function Rail(props: {
  running: boolean;
  sideShown: boolean;
  panelShown: boolean;
  folderId: string | null;
  onChange: (change: Partial<WorkspaceSearch>) => void;
}) {
  const { t } = useI18n();
  const { running, sideShown, panelShown, folderId, onChange } = props;
  return (
    <nav className={css["rail"]} aria-label={t("ide.tools")}>
      <button
        type="button"
        disabled={!running}
        aria-pressed={running && sideShown}
        onClick={() => onChange({ side: sideShown ? "hidden" : "" })}
      >
        <IconFiles size={19} stroke={1.6} aria-hidden />
        {t("ide.explorer")}
      </button>
      <button
        type="button"
        disabled={!running}
        aria-pressed={running && panelShown}
        onClick={() => onChange({ panel: panelShown ? "hidden" : "" })}
      >
        <IconTerminal2 size={19} stroke={1.6} aria-hidden />
        {t("ide.terminal")}
      </button>
      {folderId ? (
        <Link to="/files/$nodeId" params={{ nodeId: folderId }} search={{}}>
          <IconFolder size={19} stroke={1.6} aria-hidden />
          {t("shell.files")}
        </Link>
      ) : (
        <span />
      )}
    </nav>
  );
}

export type PhoneView = NonNullable<WorkspaceSearch["view"]>;

export function PhoneRail(props: { view: PhoneView; onView: (view: PhoneView) => void }) {
  const { t } = useI18n();
  const views = [
    { view: "explorer", label: t("ide.explorer"), icon: IconFiles },
    { view: "editor", label: t("ide.editor"), icon: IconFileText },
    { view: "terminal", label: t("ide.terminal"), icon: IconTerminal2 },
  ] as const;
  return (
    <nav className={css["rail"]} aria-label={t("ide.tools")}>
      {views.map(({ view, label, icon: Glyph }) => (
        <button
          key={view}
          type="button"
          aria-pressed={props.view === view}
          onClick={() => props.onView(view)}
        >
          <Glyph size={19} stroke={1.6} aria-hidden />
          {label}
        </button>
      ))}
    </nav>
  );
}
