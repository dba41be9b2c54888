// What is being listened to, at the foot of every page: what it is, where in it, and what comes next.
import {
  IconAlertCircle,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconPlaylist,
  IconVolume,
  IconX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { IconButton } from "@/components/button";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { usePlaying, type Player } from "@/lib/player/player";
import { player as thePlayer } from "@/lib/player/the-player";
import { visibleName } from "@/lib/visible-name";
import { clockText } from "./clock-text";
import { useMediaKeys } from "./use-media-keys";
import css from "./player.module.css";

const none: readonly Action[] = [];

export function PlayerBar({ player = thePlayer }: { player?: Player }) {
  const { t } = useI18n();
  const { queue, at, paused, time, duration, volume, failed } = usePlaying(player);
  const [open, setOpen] = useState(false);
  const track = queue[at];
  useMediaKeys(player, track);
  const playing = track !== undefined;
  useEffect(() => {
    if (!playing) return;
    // What floats above the foot of the page makes room.
    document.documentElement.dataset["player"] = "";
    return () => {
      delete document.documentElement.dataset["player"];
    };
  }, [playing]);
  const actions = useMemo<readonly Action[]>(() => {
    if (!playing) return none;
    const group = t("player.label");
    return [
      {
        id: "player.toggle",
        label: paused ? t("player.play") : t("player.pause"),
        group,
        icon: paused ? IconPlayerPlayFilled : IconPlayerPauseFilled,
        shortcut: "P",
        run: () => player.toggle(),
      },
      {
        id: "player.next",
        label: t("player.next"),
        group,
        icon: IconPlayerSkipForwardFilled,
        run: () => player.next(),
      },
      { id: "player.close", label: t("player.close"), group, icon: IconX, run: () => player.close() },
    ];
  }, [playing, paused, t, player]);
  useRegisterActions(actions);
  if (!track) return null;
  return (
    <section className={css["bar"]} aria-label={t("player.label")}>
      {open ? (
        <ol className={css["queue"]} aria-label={t("player.queue")}>
          {queue.map((each, index) => (
            <li key={each.id} data-on={index === at || undefined}>
              <button
                type="button"
                className={`${css["track"]} cut`}
                aria-current={index === at ? "true" : undefined}
                onClick={() => player.jump(index)}
              >
                {visibleName(each.name)}
              </button>
              <IconButton
                small
                icon={IconX}
                label={t("player.remove", { name: each.name })}
                onClick={() => player.remove(index)}
              />
            </li>
          ))}
        </ol>
      ) : null}
      <div className={css["main"]}>
        <div className={css["what"]}>
          {track.folderId ? (
            <Link
              to="/files/$nodeId"
              params={{ nodeId: track.folderId }}
              search={{ item: track.id }}
              className="cut"
              title={visibleName(track.name)}
            >
              {visibleName(track.name)}
            </Link>
          ) : (
            <span className="cut">{visibleName(track.name)}</span>
          )}
          {failed ? (
            <small className={css["failed"]} role="alert">
              <IconAlertCircle size={13} stroke={1.8} aria-hidden />
              {t("player.failed")}
            </small>
          ) : (
            <small className="muted num">{t("player.place", { at: at + 1, count: queue.length })}</small>
          )}
        </div>
        <div className={css["acts"]}>
          <IconButton
            icon={IconPlayerSkipBackFilled}
            label={t("player.previous")}
            onClick={() => player.previous()}
          />
          <IconButton
            className={css["toggle"] ?? ""}
            icon={paused ? IconPlayerPlayFilled : IconPlayerPauseFilled}
            label={failed ? t("states.retry") : paused ? t("player.play") : t("player.pause")}
            onClick={() => player.toggle()}
          />
          <IconButton
            icon={IconPlayerSkipForwardFilled}
            label={t("player.next")}
            disabled={at + 1 >= queue.length}
            onClick={() => player.next()}
          />
        </div>
        <div className={css["seek"]}>
          <span className="num">{clockText(time)}</span>
          <input
            type="range"
            min={0}
            max={Math.max(duration, 1)}
            step={1}
            value={Math.min(time, Math.max(duration, 1))}
            disabled={duration === 0}
            aria-label={t("player.seek")}
            aria-valuetext={t("player.at", { time: clockText(time), whole: clockText(duration) })}
            onChange={(event) => player.seek(event.currentTarget.valueAsNumber)}
          />
          <span className="num">{clockText(duration)}</span>
        </div>
        <label className={css["volume"]}>
          <IconVolume size={16} stroke={1.7} aria-hidden />
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={volume}
            aria-label={t("player.volume")}
            onChange={(event) => player.setVolume(event.currentTarget.valueAsNumber)}
          />
        </label>
        <IconButton
          icon={IconPlaylist}
          label={t("player.queue")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        <IconButton icon={IconX} label={t("player.close")} onClick={() => player.close()} />
      </div>
    </section>
  );
}
