// What the page can show or play by itself, and where from. The server gives these types, and no others, with the content.
import type { Node } from "@/api/model";

export type MediaKind = "picture" | "film" | "sound";

const pictures = new Set(["image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp"]);
const films = new Set(["video/mp4", "video/ogg", "video/quicktime", "video/webm", "video/x-m4v"]);
const sounds = new Set([
  "audio/aac",
  "audio/flac",
  "audio/m4a",
  "audio/mpeg",
  "audio/ogg",
  "audio/wav",
  "audio/webm",
]);

export function mediaKind(node: Pick<Node, "kind" | "media_type">): MediaKind | null {
  const type = node.media_type;
  if (node.kind !== "file" || type === null) return null;
  return pictures.has(type) ? "picture" : films.has(type) ? "film" : sounds.has(type) ? "sound" : null;
}

/** The content with its type, for an element of the page. */
export const mediaUrl = (id: string) => `/api/v1/nodes/${id}/content?as=media`;

/** Larger pictures are not loaded for a tile: there are many tiles and no small copies of pictures. */
const tileBytes = 3 * 1024 * 1024;

/** The picture of a tile, where there is one. */
export function tileUrl(node: Node): string | null {
  return mediaKind(node) === "picture" && node.size > 0 && node.size <= tileBytes
    ? `/api/v1/nodes/${node.id}/content?as=tile`
    : null;
}
