// The mark of a favourite in a row or tile. The list keeps the focus: keys mark what is selected.
import { IconStar, IconStarFilled } from "@tabler/icons-react";
import type { Node } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./list.module.css";

export function Star(props: { node: Node; onStar: (id: string) => void }) {
  const { t } = useI18n();
  const { node } = props;
  const on = node.favourite === true;
  const Glyph = on ? IconStarFilled : IconStar;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={css["star"]}
      aria-pressed={on}
      aria-label={t("files.favourite_item", { name: node.name })}
      onClick={(event) => {
        event.stopPropagation();
        props.onStar(node.id);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Glyph size={16} stroke={1.7} aria-hidden />
    </button>
  );
}
