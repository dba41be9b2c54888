// Menus made of actions: under a button, or where the pointer is.
import { Menu, Portal } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { isEnabled, type Action } from "@/lib/actions/action";
import { Kbd } from "./small";
import css from "./menu.module.css";

export const menuClasses = { dropdown: css["dropdown"] ?? "", item: css["item"] ?? "" };

/** Groups are separated by a line. Actions that cannot be used say why below their name. */
export function ActionItems(props: { groups: readonly (readonly Action[])[] }) {
  const groups = props.groups.filter((group) => group.length > 0);
  return groups.map((group, index) => (
    <Fragment key={group[0]?.id ?? index}>
      {index > 0 ? <Menu.Divider /> : null}
      {group.map((action) => {
        const Glyph = action.icon;
        return (
          <Menu.Item
            key={action.id}
            data-danger={action.danger || undefined}
            data-off={isEnabled(action) ? undefined : true}
            aria-disabled={!isEnabled(action)}
            closeMenuOnClick={isEnabled(action)}
            leftSection={Glyph ? <Glyph size={16} stroke={1.7} aria-hidden /> : undefined}
            rightSection={action.shortcut ? <Kbd shortcut={action.shortcut} /> : undefined}
            onClick={() => isEnabled(action) && action.run()}
          >
            {action.label}
            {action.disabledReason ? <span className={css["reason"]}>{action.disabledReason}</span> : null}
          </Menu.Item>
        );
      })}
    </Fragment>
  ));
}

export function ActionMenu(props: {
  label: string;
  target: ReactNode;
  groups: readonly (readonly Action[])[];
}) {
  return (
    <Menu classNames={menuClasses} position="bottom-end" aria-label={props.label}>
      <Menu.Target>{props.target}</Menu.Target>
      <Menu.Dropdown>
        <ActionItems groups={props.groups} />
      </Menu.Dropdown>
    </Menu>
  );
}

export interface MenuPoint {
  x: number;
  y: number;
}

export function ContextMenu(props: {
  label: string;
  at: MenuPoint | null;
  onClose: () => void;
  groups: readonly (readonly Action[])[];
}) {
  if (!props.at) return null;
  return (
    <Portal>
      <Menu
        key={`${props.at.x}:${props.at.y}`}
        classNames={menuClasses}
        opened
        onClose={props.onClose}
        position="bottom-start"
        offset={0}
        aria-label={props.label}
      >
        <Menu.Target>
          <span className={css["point"]} style={{ left: props.at.x, top: props.at.y }} />
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItems groups={props.groups} />
        </Menu.Dropdown>
      </Menu>
    </Portal>
  );
}
