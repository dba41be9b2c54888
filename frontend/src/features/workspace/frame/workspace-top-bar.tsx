// Above the workspace: home, where this is, the palette, stop.
import { IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { ActionButton } from "@/components/button";
import { Crumbs } from "@/components/page-head";
import { Kbd, Mark } from "@/components/small";
import type { Action } from "@/lib/actions/action";
import { openPalette } from "@/lib/actions/palette-door";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./frame.module.css";

export function WorkspaceTopBar(props: { name: string; stop: Action | undefined }) {
  const { t } = useI18n();
  return (
    <header className={css["top"]}>
      <div className={css["left"]}>
        <Link to="/" className={css["mark"]} aria-label={t("shell.brand_home")}>
          <Mark />
        </Link>
        <Crumbs
          items={[{ label: t("shell.workspaces"), link: { to: "/workspaces" } }, { label: props.name }]}
        />
      </div>
      <button type="button" className={css["search"]} onClick={openPalette} aria-label={t("shell.palette")}>
        <IconSearch size={16} stroke={1.7} aria-hidden />
        <span>{t("shell.palette_hint")}</span>
        <Kbd shortcut="mod+K" />
      </button>
      <div className={css["right"]}>
        {props.stop ? <ActionButton action={props.stop} kind="quiet" size="small" /> : null}
      </div>
    </header>
  );
}
