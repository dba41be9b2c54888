// Finding a text in the log. Names and paths are stored encrypted, so the server cannot look for them: the entries are
// read and compared here, newest first, and the page says how far that went.
import { useEffect, useMemo, useState } from "react";
import type { LogEntry } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import { actText, actorText } from "./act-text";

interface Pages {
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  fetchNextPage: () => unknown;
}

/** Entries that are read for one search before the person is asked. */
const readAtOnce = 15_000;
/** Enough for a screen; scrolling reads on. */
const enough = 60;

export function useTextSearch(items: readonly LogEntry[], text: string, pages: Pages) {
  const i18n = useI18n();
  const needle = text.trim().toLowerCase();
  const [readUpTo, setReadUpTo] = useState(readAtOnce);
  useEffect(() => setReadUpTo(readAtOnce), [needle]);
  const found = useMemo(() => {
    if (needle === "") return items;
    return items.filter((entry) =>
      [
        entry.leaf,
        actText(i18n, entry.action),
        actorText(i18n, entry.actor),
        entry.target?.name ?? "",
        entry.address ?? "",
        entry.client ?? "",
        JSON.stringify(entry.personal ?? ""),
      ].some((part) => part.toLowerCase().includes(needle)),
    );
  }, [items, needle, i18n]);

  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  const paused = items.length >= readUpTo;
  const wanting = needle !== "" && found.length < enough && hasNextPage && !paused;
  useEffect(() => {
    if (wanting && !isFetching && !isError) fetchNextPage();
  }, [wanting, isFetching, isError, fetchNextPage]);
  return {
    found,
    searching: needle !== "",
    /** The search stopped although older entries follow. */
    readFurther:
      needle !== "" && paused && hasNextPage && found.length < enough
        ? () => setReadUpTo(items.length + readAtOnce)
        : null,
  };
}
