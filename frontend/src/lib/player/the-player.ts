// The page's own player: one, so that two songs never play at once.
import { kept } from "../kept";
import { Player, volumeKey } from "./player";

function keptVolume(): number {
  const volume = Number.parseFloat(kept(volumeKey) ?? "1");
  return volume >= 0 && volume <= 1 ? volume : 1;
}

export const player = new Player(() => new Audio(), keptVolume());
