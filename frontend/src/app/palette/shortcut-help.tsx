// All shortcuts of the page that is shown, from the same actions that its buttons use.
import { useMemo } from "react";
import { Dialog } from "@/components/dialog";
import { Kbd } from "@/components/small";
import { useAllActions } from "@/lib/actions/registry";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import css from "./palette.module.css";

/** What lists and trees understand everywhere. */
const listKeys: readonly (readonly [MessageKey, string])[] = [
  ["shell.key_move", "ArrowUp"],
  ["shell.key_move_down", "ArrowDown"],
  ["shell.key_extend", "shift+ArrowDown"],
  ["shell.key_select", "Space"],
  ["shell.key_open", "Enter"],
  ["shell.key_back", "Escape"],
];

export function ShortcutHelp(props: { onClose: () => void }) {
  const { t } = useI18n();
  const actions = useAllActions();
  const groups = useMemo(() => {
    const byGroup = new Map<string, { label: string; shortcut: string }[]>();
    for (const { group, label, shortcut } of actions) {
      if (shortcut) byGroup.set(group, [...(byGroup.get(group) ?? []), { label, shortcut }]);
    }
    byGroup.set(
      t("shell.key_lists"),
      listKeys.map(([key, shortcut]) => ({ label: t(key), shortcut })),
    );
    return [...byGroup];
  }, [actions, t]);
  return (
    <Dialog title={t("shell.shortcuts")} onClose={props.onClose} size={680}>
      <div className={css["help"]}>
        {groups.map(([group, rows]) => (
          <section key={group}>
            <h3>{group}</h3>
            <ul>
              {rows.map((row) => (
                <li key={row.label}>
                  {row.label}
                  <Kbd shortcut={row.shortcut} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
