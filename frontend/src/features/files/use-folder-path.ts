// The folders from the space down to the one that is shown.
import { useMemo } from "react";
import type { NodeWithAncestors } from "@/api/model";
import { useAllSpaces } from "@/api/queries";
import { useI18n } from "@/lib/i18n/i18n";

export function useFolderPath(node: NodeWithAncestors | undefined): readonly { id: string; name: string }[] {
  const { t } = useI18n();
  const spaces = useAllSpaces();
  // The top folder has no name of its own: it is called as its space.
  const spaceName = useMemo(() => {
    const space = spaces.data?.find((each) => each.id === node?.space_id);
    return space && space.kind !== "personal" ? space.name : t("shell.personal_space");
  }, [spaces.data, node?.space_id, t]);
  return useMemo(
    () =>
      (node ? [...node.ancestors, { id: node.id, name: node.name }] : []).map((each, index) =>
        index === 0 ? { ...each, name: spaceName } : each,
      ),
    [node, spaceName],
  );
}
