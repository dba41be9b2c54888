// Uploads that ended with the page: their files are chosen again, and only what is missing is sent.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import { IconX } from "@tabler/icons-react";
import { Button, IconButton } from "@/components/button";
import { Bar } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import { visibleName } from "@/lib/visible-name";
import { endUnfinished } from "../api/end-unfinished";
import { listUnfinished, type Unfinished } from "../api/list-unfinished";
import { useUploadQueue, useUploadStatus } from "./upload-context";
import css from "./tray.module.css";

const key = ["uploads"] as const;

/** Parts of other uploads, and those that are only begun, are of no use to a person. */
const whole = (items: readonly Unfinished[]) =>
  items.filter((item) => item.filename !== null && item.folder_id !== null && item.offset > 0);

/** What moves within this time, in ms, another page or device is still sending. */
const standsStillMs = 5_000;

async function listStill(api: ApiClient, stillMs: number, signal: AbortSignal): Promise<Unfinished[]> {
  const before = whole(await listUnfinished(api, signal));
  if (before.length === 0) return [];
  await new Promise((resolve) => setTimeout(resolve, stillMs));
  const offsets = new Map(before.map((item) => [item.id, item.offset]));
  return whole(await listUnfinished(api, signal)).filter((item) => offsets.get(item.id) === item.offset);
}

/** Asked for once for each page load: later ones are in the queue. While that is at work, its tray stands here. */
export function InterruptedUploads({ stillMs = standsStillMs }: { stillMs?: number }) {
  const { t } = useI18n();
  const api = useApi();
  const status = useUploadStatus();
  const [closed, setClosed] = useState(false);
  const { data: items = [] } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => listStill(api, stillMs, signal),
    staleTime: Infinity,
    retry: false,
  });
  if (closed || items.length === 0 || status.total > 0) return null;
  return (
    <section className={css["tray"]} aria-label={t("upload.title_interrupted")}>
      <header className={css["head"]}>
        <b>{t("upload.title_interrupted")}</b>
        <span className={css["sum"]} />
        <IconButton small icon={IconX} label={t("common.close")} onClick={() => setClosed(true)} />
      </header>
      <div className={css["body"]}>
        <Interrupted items={items} />
      </div>
    </section>
  );
}

function Interrupted({ items }: { items: readonly Unfinished[] }) {
  const { t, format } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const queue = useUploadQueue();
  const describe = useProblemText();
  const field = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<Unfinished | null>(null);
  const forget = (id: string) =>
    queries.setQueryData<Unfinished[]>(key, (now) => now?.filter((item) => item.id !== id));
  const goOn = (item: Unfinished, file: File) => {
    const { filename, folder_id: folderId, length } = item;
    if (filename === null || folderId === null) return;
    if (length !== null && file.size !== length) {
      showNotice({
        text: t("upload.other_file", { name: file.name, size: format.bytes(length) }),
        tone: "danger",
      });
      return;
    }
    // Under the name that it has there, the attempt before is found again.
    const named = new File([file], filename, { type: file.type, lastModified: file.lastModified });
    queue.add(folderId, { files: [{ folders: [], file: named }], emptyFolders: [] });
    forget(item.id);
  };
  const discard = async (item: Unfinished) => {
    try {
      await endUnfinished(api, item.id);
      forget(item.id);
    } catch (error) {
      showNotice({ text: describe(error), tone: "danger" });
    }
  };
  return (
    <div className={css["attention"]}>
      <p className={css["bulk"]}>
        <span>{t("upload.interrupted", { count: items.length })}</span>
      </p>
      <ul>
        {items.map((item) => (
          <li key={item.id} className={css["choice"]}>
            <span className="cut" title={visibleName(item.filename ?? "")}>
              {visibleName(item.filename ?? "")}
            </span>
            {item.length === null ? null : (
              <>
                <span className="num muted">
                  {t("upload.bytes", { sent: format.bytes(item.offset), total: format.bytes(item.length) })}
                </span>
                <Bar part={item.offset} whole={item.length} label={item.filename ?? ""} />
              </>
            )}
            <span className={css["acts"]}>
              <Button
                size="small"
                onClick={() => {
                  setChosen(item);
                  field.current?.click();
                }}
              >
                {t("upload.choose_again")}
              </Button>
              <Button size="small" kind="quiet" onClick={() => void discard(item)}>
                {t("upload.discard")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <input
        ref={field}
        type="file"
        hidden
        aria-hidden
        data-testid="again-input"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file && chosen) goOn(chosen, file);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}
