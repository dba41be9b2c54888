// A picture of any shape and size as the square that the server takes: the middle of it, small, at most 256 KiB.
import { Problem } from "@/api/problem";

export const largest = 256 * 1024;
const sides = [512, 384, 256] as const;

/** The part of a picture that stays: as wide as high, from the middle. */
export function middleSquare(width: number, height: number): { x: number; y: number; side: number } {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

function refusal(code: string): Problem {
  return new Problem({ code, message: code, status: 0 });
}

function encode(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}

export async function squarePicture(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file).catch(() => {
    throw refusal("picture_unreadable");
  });
  try {
    const { x, y, side } = middleSquare(image.width, image.height);
    for (const size of sides) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = Math.min(size, side);
      const context = canvas.getContext("2d");
      if (!context) break;
      context.imageSmoothingQuality = "high";
      context.drawImage(image, x, y, side, side, 0, 0, canvas.width, canvas.height);
      // A browser that cannot write WebP answers with PNG.
      const made = await encode(canvas, "image/webp", 0.86);
      if (made && made.size <= largest) return made;
    }
    throw refusal("picture_too_large");
  } finally {
    image.close();
  }
}
