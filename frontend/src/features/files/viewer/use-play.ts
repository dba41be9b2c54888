// From a sound in a list to the player: all sounds of the list are its queue.
import { useCallback } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { player } from "@/lib/player/the-player";
import { mediaKind, mediaUrl } from "./media";

/** Tracks on each side of the one that is played. */
const around = 500;

export function usePlay(): (node: Node, list: readonly Node[]) => void {
  const api = useApi();
  return useCallback(
    (node, list) => {
      const sounds = list.filter((each) => mediaKind(each) === "sound");
      const at = sounds.findIndex((each) => each.id === node.id);
      const from = Math.max(0, at - around);
      const queue = (at < 0 ? [node] : sounds.slice(from, at + around + 1)).map(
        ({ id, name, parent_id }) => ({
          id,
          name,
          url: mediaUrl(id),
          folderId: parent_id,
        }),
      );
      player.play(queue, Math.max(0, at - from), () => api.ready());
    },
    [api],
  );
}
