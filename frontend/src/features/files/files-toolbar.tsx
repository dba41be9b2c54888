// Above the list: what can be done here, or with what is selected, and the filter.
import { IconAdjustmentsHorizontal, IconChevronDown, IconSearch, IconX } from "@tabler/icons-react";
import type { Ref } from "react";
import type { Node } from "@/api/model";
import { ActionButton, ActionIconButton, Button, IconButton } from "@/components/button";
import { ActionMenu } from "@/components/menu";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import type { Action } from "@/lib/actions/action";
import type { Icon } from "@tabler/icons-react";
import type { FileActions } from "./use-file-actions";
import type { LookActions } from "./use-look-actions";
import css from "./files.module.css";

const withIcon = (action: Action): action is Action & { icon: Icon } => action.icon !== undefined;

export function FilesToolbar(props: {
  actions: FileActions;
  selected: readonly Node[];
  query: string;
  /** The server is still looking. */
  searching: boolean;
  found: number;
  /** There is more than what is counted. */
  more: boolean;
  looks: LookActions;
  fieldRef: Ref<HTMLInputElement>;
  onQuery: (query: string) => void;
  onLeaveFilter: () => void;
  onClearSelection: () => void;
}) {
  const { t } = useI18n();
  const phone = usePhone();
  const { actions, selected } = props;
  const choosing = selected.length > (phone ? 0 : 1);
  return (
    <div className={css["tools"]} role="toolbar" aria-label={t("files.toolbar")}>
      {choosing ? (
        <>
          <IconButton icon={IconX} label={t("files.clear_selection")} onClick={props.onClearSelection} />
          <b className="num">{t("files.selected", { count: selected.length })}</b>
          <span className={css["space"]} />
          {[...actions.workspaceSelected, actions.download, actions.move, actions.favourite, actions.remove]
            .filter(withIcon)
            .map((action) => (
              <ActionIconButton key={action.id} action={action} />
            ))}
        </>
      ) : (
        <>
          <span className={css["split"]}>
            <ActionButton action={actions.upload} kind="primary" />
            <ActionMenu
              label={t("files.more_ways")}
              groups={[[actions.upload, actions.uploadFolder]]}
              target={
                <Button kind="primary" aria-label={t("files.more_ways")}>
                  <IconChevronDown size={15} stroke={1.8} aria-hidden />
                </Button>
              }
            />
          </span>
          {phone ? (
            [actions.newFolder, ...actions.workspaceHere]
              .filter(withIcon)
              .map((action) => <ActionIconButton key={action.id} action={action} />)
          ) : (
            <>
              <ActionButton action={actions.newFolder} />
              {actions.workspaceHere.map((action) => (
                <ActionButton key={action.id} action={action} />
              ))}
            </>
          )}
          <span className={css["space"]} />
        </>
      )}
      {phone && choosing ? null : (
        <label className={css["filter"]} data-filled={props.query !== "" || undefined}>
          <IconSearch size={15} stroke={1.7} aria-hidden />
          <input
            ref={props.fieldRef}
            type="search"
            value={props.query}
            placeholder={t("files.filter_hint")}
            aria-label={t("files.filter")}
            onChange={(event) => props.onQuery(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
                event.preventDefault();
                if (event.key === "Escape") props.onQuery("");
                props.onLeaveFilter();
              }
            }}
          />
          {props.query !== "" ? (
            <span className="num muted" role="status">
              {props.searching && props.found === 0
                ? t("files.filter_loading")
                : t(props.more ? "files.found_more" : "files.found", { count: props.found })}
            </span>
          ) : null}
        </label>
      )}
      {choosing ? null : (
        <ActionMenu
          label={t("files.look")}
          groups={props.looks.menu}
          target={<IconButton icon={IconAdjustmentsHorizontal} label={t("files.look")} />}
        />
      )}
      {phone || choosing ? null : <ActionIconButton action={props.looks.grid} />}
      {phone ? null : <ActionIconButton action={actions.details as Action & { icon: Icon }} />}
    </div>
  );
}
