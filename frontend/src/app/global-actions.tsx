// What can be done everywhere: palette, help, theme. Holds the two dialogs that any page can open.
import { useMantineColorScheme } from "@mantine/core";
import { IconCommand, IconDeviceDesktop, IconKeyboard, IconMoon, IconSun } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { onOpenPalette } from "@/lib/actions/palette-door";
import { useI18n } from "@/lib/i18n/i18n";
import { Palette } from "./palette/palette";
import { ShortcutHelp } from "./palette/shortcut-help";

type Open = "palette" | "help" | null;

export function GlobalActions() {
  const { t } = useI18n();
  const { setColorScheme } = useMantineColorScheme();
  const [open, setOpen] = useState<Open>(null);
  useEffect(() => onOpenPalette(() => setOpen("palette")), []);
  const actions = useMemo<Action[]>(
    () => [
      {
        id: "palette.open",
        label: t("shell.palette"),
        group: t("shell.group_general"),
        icon: IconCommand,
        shortcut: "mod+K",
        inFields: true,
        local: true,
        run: () => setOpen("palette"),
      },
      {
        // Ctrl K belongs to the shell while a terminal has the focus.
        id: "palette.open-anywhere",
        label: t("shell.palette_terminal"),
        group: t("shell.group_general"),
        shortcut: "mod+shift+P",
        inFields: true,
        local: true,
        run: () => setOpen("palette"),
      },
      {
        id: "help.shortcuts",
        label: t("shell.shortcuts"),
        group: t("shell.group_general"),
        icon: IconKeyboard,
        shortcut: "?",
        run: () => setOpen("help"),
      },
      {
        id: "theme.light",
        label: t("shell.theme_light"),
        group: t("shell.group_look"),
        icon: IconSun,
        run: () => setColorScheme("light"),
      },
      {
        id: "theme.dark",
        label: t("shell.theme_dark"),
        group: t("shell.group_look"),
        icon: IconMoon,
        run: () => setColorScheme("dark"),
      },
      {
        id: "theme.auto",
        label: t("shell.theme_auto"),
        group: t("shell.group_look"),
        icon: IconDeviceDesktop,
        run: () => setColorScheme("auto"),
      },
    ],
    [t, setColorScheme],
  );
  useRegisterActions(actions);
  if (open === "palette") return <Palette onClose={() => setOpen(null)} />;
  if (open === "help") return <ShortcutHelp onClose={() => setOpen(null)} />;
  return null;
}
