// One picture or film of a list, as large as the window, and the way to the next.
import { FocusTrap, Portal } from "@mantine/core";
import {
  IconChevronLeft,
  IconChevronRight,
  IconDownload,
  IconMinus,
  IconPhotoOff,
  IconPlus,
  IconX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { Button, IconButton } from "@/components/button";
import { useI18n } from "@/lib/i18n/i18n";
import { player } from "@/lib/player/the-player";
import { useProblemText } from "@/lib/problem-text";
import { visibleName } from "@/lib/visible-name";
import { contentUrl } from "../api/download";
import { useDownload } from "../use-download";
import { mediaKind, mediaUrl } from "./media";
import { useZoom } from "./use-zoom";
import css from "./viewer.module.css";

export interface ViewerProps {
  /** What can be shown, in the order of the list. */
  items: readonly Node[];
  node: Node;
  onShow: (id: string) => void;
  onClose: () => void;
  /** What else can be done with it. */
  acts?: ReactNode;
}

export function Viewer(props: ViewerProps) {
  const { items, node, onShow, onClose } = props;
  const { t } = useI18n();
  const download = useDownload();
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    [before],
  );
  const at = items.findIndex((item) => item.id === node.id);
  const turn = (step: 1 | -1) => {
    const next = items[at + step];
    if (next) onShow(next.id);
  };
  const stage = useRef<HTMLDivElement>(null);
  const { zoom, by, reset, pointers } = useZoom(stage, turn);
  useEffect(() => reset(), [node.id, reset]);
  const picture = mediaKind(node) === "picture";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // The keys of a film's own controls are the film's.
    const inFilm = event.target instanceof HTMLMediaElement && event.key.startsWith("Arrow");
    const acts: Record<string, () => void> = {
      Escape: () => (zoom.scale > 1 ? reset() : onClose()),
      ArrowLeft: () => turn(-1),
      ArrowRight: () => turn(1),
      Home: () => items[0] && onShow(items[0].id),
      End: () => {
        const last = items.at(-1);
        if (last) onShow(last.id);
      },
      ...(picture ? { "+": () => by(1.5), "=": () => by(1.5), "-": () => by(1 / 1.5), "0": reset } : {}),
    };
    const act = inFilm ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <Portal>
      <FocusTrap active>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys of a dialog */}
        <div
          className={css["viewer"]}
          role="dialog"
          aria-modal
          aria-label={t("viewer.label", { name: node.name })}
          onKeyDown={onKeyDown}
        >
          <header className={css["head"]}>
            <b className="cut" title={visibleName(node.name)} aria-live="polite">
              {visibleName(node.name)}
            </b>
            <span className="num muted">{t("viewer.place", { at: at + 1, count: items.length })}</span>
            <span className={css["acts"]}>
              {picture ? (
                <>
                  <IconButton
                    icon={IconMinus}
                    label={t("viewer.smaller")}
                    disabled={zoom.scale === 1}
                    onClick={() => by(1 / 1.5)}
                  />
                  <IconButton icon={IconPlus} label={t("viewer.larger")} onClick={() => by(1.5)} />
                </>
              ) : null}
              {props.acts}
              <IconButton
                icon={IconDownload}
                label={t("files.download")}
                onClick={() => download(contentUrl(node.id), node.name)}
              />
              <IconButton icon={IconX} label={t("common.close")} data-autofocus onClick={onClose} />
            </span>
          </header>
          <div className={css["stage"]} ref={stage} data-zoomed={zoom.scale > 1 || undefined}>
            <Content
              key={`${node.id} ${node.version?.id ?? ""}`}
              node={node}
              onDownload={() => download(contentUrl(node.id), node.name)}
              frame={{
                ...pointers,
                style: { transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` },
              }}
            />
            {at > 0 ? (
              <button
                type="button"
                className={css["turn"]}
                data-side="left"
                aria-label={t("viewer.previous")}
                onClick={() => turn(-1)}
              >
                <IconChevronLeft size={26} stroke={1.7} aria-hidden />
              </button>
            ) : null}
            {at >= 0 && at + 1 < items.length ? (
              <button
                type="button"
                className={css["turn"]}
                data-side="right"
                aria-label={t("viewer.next")}
                onClick={() => turn(1)}
              >
                <IconChevronRight size={26} stroke={1.7} aria-hidden />
              </button>
            ) : null}
          </div>
        </div>
      </FocusTrap>
    </Portal>
  );
}

/** The element itself. The browser fetches its content without the page: the session is made sure of before. */
function Content(props: {
  node: Node;
  onDownload: () => void;
  frame: React.ComponentPropsWithoutRef<"div">;
}) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const { node } = props;
  const [state, setState] = useState<"loading" | "shown" | "broken">("loading");
  const ready = useQuery({
    queryKey: ["ready", node.id],
    queryFn: async () => {
      await api.ready();
      return true;
    },
    retry: false,
    gcTime: 0,
  });
  if (ready.isError || state === "broken") {
    return (
      <div className={css["broken"]} role="alert">
        <IconPhotoOff size={34} stroke={1.3} aria-hidden />
        <p>{ready.isError ? describe(ready.error) : t("viewer.broken")}</p>
        <Button icon={IconDownload} onClick={props.onDownload}>
          {t("files.download")}
        </Button>
      </div>
    );
  }
  if (!ready.data) return <p className={css["loading"]}>{t("files.loading")}</p>;
  const url = mediaUrl(node.id);
  if (mediaKind(node) === "film") {
    return (
      // eslint-disable-next-line jsx-a11y/media-has-caption -- a person's own film has no captions that could be named
      <video
        className={css["film"]}
        src={url}
        controls
        autoPlay
        playsInline
        aria-label={node.name}
        onPlay={() => {
          // Film and music do not speak at once.
          if (!player.read().paused) player.toggle();
        }}
        onError={() => setState("broken")}
      />
    );
  }
  return (
    <div className={css["frame"]} {...props.frame}>
      {state === "loading" ? <p className={css["loading"]}>{t("files.loading")}</p> : null}
      <img
        src={url}
        alt={node.name}
        draggable={false}
        data-loading={state === "loading" || undefined}
        onLoad={() => setState("shown")}
        onError={() => setState("broken")}
      />
    </div>
  );
}
