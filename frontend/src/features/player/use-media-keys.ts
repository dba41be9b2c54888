// The keys for music on keyboards, headphones and lock screens.
import { useEffect } from "react";
import type { Player, Track } from "@/lib/player/player";

export function useMediaKeys(player: Player, track: Track | undefined): void {
  useEffect(() => {
    if (!track || !("mediaSession" in navigator)) return;
    const { mediaSession } = navigator;
    mediaSession.metadata = new MediaMetadata({ title: track.name });
    const keys: [MediaSessionAction, () => void][] = [
      ["play", () => player.toggle()],
      ["pause", () => player.toggle()],
      ["previoustrack", () => player.previous()],
      ["nexttrack", () => player.next()],
    ];
    for (const [key, act] of keys) mediaSession.setActionHandler(key, act);
    return () => {
      for (const [key] of keys) mediaSession.setActionHandler(key, null);
      mediaSession.metadata = null;
    };
  }, [player, track]);
}
