// One entry: what it says, how far it is proved, and its exact bytes.
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconChevronDown, IconChevronUp, IconClock, IconCopy, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { LogEntry } from "@/api/model";
import { Button, IconButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Tag } from "@/components/small";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { entrySentence } from "./act-text";
import { outcomeTones } from "./log-table";
import { TargetName } from "./target-name";
import css from "./entry.module.css";

interface EntryPanelProps {
  entry: LogEntry;
  onClose: () => void;
  onNewer: (() => void) | null;
  onOlder: (() => void) | null;
}

export function EntryPanel(props: EntryPanelProps & { asDialog: boolean }) {
  const { t } = useI18n();
  const { entry } = props;
  const title = entry.index === null ? t("log.entry_waiting") : t("log.entry_n", { count: entry.index });
  const steps = (
    <>
      <IconButton
        small
        icon={IconChevronUp}
        label={t("log.newer")}
        disabled={!props.onNewer}
        onClick={() => props.onNewer?.()}
      />
      <IconButton
        small
        icon={IconChevronDown}
        label={t("log.older")}
        disabled={!props.onOlder}
        onClick={() => props.onOlder?.()}
      />
    </>
  );
  if (props.asDialog) {
    return (
      <Dialog title={title} onClose={props.onClose} size={560}>
        <div className={css["content"]}>
          <span className={css["steps"]}>{steps}</span>
          <EntryContent entry={entry} />
        </div>
      </Dialog>
    );
  }
  return (
    <aside className={css["panel"]} aria-label={title}>
      <div className={css["bar"]}>
        <span className="num muted">{title}</span>
        <span className={css["steps"]}>
          {steps}
          <IconButton small icon={IconX} label={t("common.close")} onClick={props.onClose} />
        </span>
      </div>
      <EntryContent entry={entry} />
    </aside>
  );
}

function EntryContent({ entry }: { entry: LogEntry }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const facts: [string, ReactNode][] = [
    [t("log.time"), format.exact(entry.at)],
    [t("log.code"), entry.action],
    [t("log.target"), entry.target ? <TargetName target={entry.target} /> : null],
    [t("log.address"), entry.address],
    [t("log.client"), entry.client],
    [t("log.request"), entry.request_id],
    ...namedFacts(entry.personal),
  ];
  return (
    <>
      <h2 className={css["title"]}>{entrySentence(i18n, entry)}</h2>
      <p>
        <Tag tone={outcomeTones[entry.outcome]}>{t(`log.outcome_${entry.outcome}` as MessageKey)}</Tag>
      </p>
      <dl className={css["facts"]}>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <h3>{t("log.proof")}</h3>
      <ul className={css["proof"]}>
        <Proof done={entry.index !== null}>
          {entry.index !== null ? t("log.proof_sealed", { count: entry.index }) : t("log.proof_waiting")}
        </Proof>
        <Proof done={entry.signed}>{entry.signed ? t("log.proof_signed") : t("log.proof_not_signed")}</Proof>
      </ul>
      {entry.leaf_hash ? (
        <>
          <Heading text={t("log.leaf_hash")} copy={entry.leaf_hash} />
          <p className={css["hash"]}>{entry.leaf_hash}</p>
        </>
      ) : null}
      <Heading text={t("log.canonical")} copy={entry.leaf} />
      <pre className={css["json"]}>{entry.leaf}</pre>
      <p className={css["hint"]}>{t("log.canonical_hint")}</p>
    </>
  );
}

function Heading(props: { text: string; copy: string }) {
  const { t } = useI18n();
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <h3 className={css["heading"]}>
      {props.text}
      <Button
        size="small"
        kind="quiet"
        icon={clipboard.copied ? IconCheck : IconCopy}
        onClick={() => clipboard.copy(props.copy)}
      >
        <span aria-live="polite">{clipboard.copied ? t("common.copied") : t("common.copy")}</span>
      </Button>
    </h3>
  );
}

function Proof(props: { done: boolean; children: string }) {
  const Glyph = props.done ? IconCheck : IconClock;
  return (
    <li data-done={props.done || undefined}>
      <Glyph size={17} stroke={1.9} aria-hidden />
      {props.children}
    </li>
  );
}

/** Names and paths that belong to the act; nothing once they were erased. */
function namedFacts(personal: unknown): [string, string][] {
  if (typeof personal !== "object" || personal === null) return [];
  return Object.entries(personal)
    .filter(([name]) => !["address", "client"].includes(name))
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}
