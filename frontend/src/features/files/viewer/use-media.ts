// What of a list the page can show or play, and what it shows now. What fills the window is in the address.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { nodeQuery } from "@/api/queries";
import { mediaKind } from "./media";
import { usePlay } from "./use-play";

const isShown = (node: Node) => {
  const kind = mediaKind(node);
  return kind === "picture" || kind === "film";
};

export function useMedia(list: readonly Node[], viewedId: string | undefined) {
  const api = useApi();
  const navigate = useNavigate({ from: "/files/$nodeId" });
  const play = usePlay();
  const open = viewedId !== undefined && viewedId !== "";
  const items = useMemo(() => (open ? list.filter(isShown) : []), [open, list]);
  const listed = items.find((item) => item.id === viewedId);
  // The page of the list that it is on may not be loaded.
  const { data: single } = useQuery({
    ...nodeQuery(api, viewedId ?? ""),
    enabled: open && listed === undefined,
  });
  const viewed = listed ?? (open && single?.id === viewedId && isShown(single) ? single : undefined);
  const acts = useMemo(() => {
    const show = (id: string, replace: boolean) =>
      void navigate({ search: (now) => ({ ...now, view: id, item: id }), replace });
    return {
      /** Fills the window with a picture or film; plays a sound and those beside it. */
      open: (node: Node) => {
        if (mediaKind(node) === "sound") play(node, list);
        else show(node.id, false);
      },
      show: (id: string) => show(id, true),
      close: () => void navigate({ search: (now) => ({ ...now, view: undefined }), replace: true }),
    };
  }, [navigate, play, list]);
  return useMemo(() => ({ ...acts, items, viewed }), [acts, items, viewed]);
}
