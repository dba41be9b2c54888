// Files dragged from the desktop: onto the list, or onto a folder in it.
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { IconUpload } from "@tabler/icons-react";
import { useI18n } from "@/lib/i18n/i18n";
import { collectDrop, type Collected } from "./collect";
import css from "./drop-zone.module.css";

const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");

function folderUnder(event: DragEvent): HTMLElement | null {
  return event.target instanceof Element
    ? event.target.closest<HTMLElement>('[data-kind="folder"][data-node]')
    : null;
}

export function DropZone(props: {
  folderName: string;
  /** Why nothing can be dropped here; `null` when it can. */
  refusal: string | null;
  /** `folderId` is `null` for the folder that is shown. */
  onFiles: (folderId: string | null, collected: AsyncIterable<Collected>) => void;
  children: ReactNode;
}) {
  const { t } = useI18n();
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const marked = useRef<HTMLElement | null>(null);

  const mark = (element: HTMLElement | null) => {
    if (marked.current === element) return;
    marked.current?.removeAttribute("data-drop");
    element?.setAttribute("data-drop", "");
    marked.current = element;
  };
  const leave = () => {
    depth.current = 0;
    setOver(false);
    mark(null);
  };

  return (
    <div
      role="presentation"
      className={css["zone"]}
      onDragEnter={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = props.refusal ? "none" : "copy";
        mark(props.refusal ? null : folderUnder(event));
      }}
      onDragLeave={(event) => {
        if (!carriesFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) leave();
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        const target = folderUnder(event)?.dataset["node"] ?? null;
        leave();
        if (!props.refusal) props.onFiles(target, collectDrop(event.dataTransfer));
      }}
    >
      {props.children}
      {over ? (
        <div className={css["hint"]} data-refused={props.refusal ? true : undefined}>
          <IconUpload size={18} stroke={1.7} aria-hidden />
          {props.refusal ?? t("upload.drop_here", { name: props.folderName })}
        </div>
      ) : null}
    </div>
  );
}
