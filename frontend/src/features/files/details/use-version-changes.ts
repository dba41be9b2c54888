// What can be done with one version, and what has to be read again afterwards.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "@/api/context";
import type { Node, Version } from "@/api/model";
import { keys } from "@/api/queries";
import { deleteVersion } from "../api/delete-version";
import { labelVersion } from "../api/label-version";
import { restoreVersion } from "../api/restore-version";
import { editChildren, replaceNode } from "../list/children-cache";

export interface VersionChanges {
  restore: (version: Version) => Promise<void>;
  label: (version: Version, label: string | null) => Promise<void>;
  remove: (version: Version) => Promise<void>;
}

export function useVersionChanges(node: Node): VersionChanges {
  const api = useApi();
  const queries = useQueryClient();
  const { id, parent_id: parentId } = node;
  return useMemo(() => {
    const reread = () => queries.invalidateQueries({ queryKey: keys.versions(id) });
    return {
      restore: async (version) => {
        const restored = await restoreVersion(api, id, version.id);
        if (parentId) editChildren(queries, parentId, (data) => replaceNode(data, restored));
        void queries.invalidateQueries({ queryKey: keys.spaces });
        await reread();
      },
      label: async (version, label) => {
        await labelVersion(api, id, version.id, label);
        await reread();
      },
      remove: async (version) => {
        await deleteVersion(api, id, version.id);
        void queries.invalidateQueries({ queryKey: keys.spaces });
        await reread();
      },
    };
  }, [api, queries, id, parentId]);
}
