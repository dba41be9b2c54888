import {
  IconFile,
  IconFileCode,
  IconFileMusic,
  IconFileText,
  IconFileTypePdf,
  IconFileZip,
  IconFolder,
  IconPhoto,
  IconTable,
  IconVideo,
  type Icon,
} from "@tabler/icons-react";

const byExtension: readonly (readonly [Icon, RegExp])[] = [
  [IconPhoto, /\.(png|jpe?g|gif|webp|avif|svg|tiff?|bmp|heic)$/i],
  [IconVideo, /\.(mp4|mkv|webm|mov|avi)$/i],
  [IconFileMusic, /\.(mp3|flac|ogg|wav|m4a|opus)$/i],
  [IconFileZip, /\.(zip|tar|gz|tgz|xz|zst|bz2|7z|whl|jar|deb)$/i],
  [IconFileTypePdf, /\.pdf$/i],
  [IconTable, /\.(csv|tsv|xlsx?|ods|parquet)$/i],
  [
    IconFileCode,
    /\.(py|js|mjs|cjs|jsx|ts|tsx|rs|c|h|cc|cpp|hpp|go|java|rb|php|sh|sql|html?|css|json|ya?ml|toml|xml)$/i,
  ],
  [IconFileText, /\.(md|txt|rst|log|tex|docx?|odt|rtf)$/i],
];

export function fileIcon(kind: "file" | "folder", name: string): Icon {
  if (kind === "folder") return IconFolder;
  return byExtension.find(([, pattern]) => pattern.test(name))?.[0] ?? IconFile;
}
