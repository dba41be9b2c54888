// What a new token may do, from where and for how long. Little is chosen to begin with.
import { NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { Problem, asProblem } from "@/api/problem";
import type { Token, TokenDraft } from "@/api/model-access";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { Check } from "../check";
import { fieldClasses } from "../field";
import { FormDialog } from "../form-dialog";
import { scopeText } from "./token-list";

export const scopes = ["files:read", "files:write"] as const;
const spans = [7, 30, 90, 180, 365] as const;

export const addressesOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== "");

export function TokenDialog(props: {
  kinds: readonly Token["kind"][];
  pending: boolean;
  error: unknown;
  onClose: () => void;
  onMake: (draft: TokenDraft) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const describe = useProblemText();
  const [kind, setKind] = useState<Token["kind"]>(props.kinds[0] ?? "personal");
  const [label, setLabel] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>(["files:read"]);
  const [days, setDays] = useState("90");
  const [addresses, setAddresses] = useState("");
  const [tried, setTried] = useState(false);
  const problem = props.error instanceof Problem ? asProblem(props.error) : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const shown = ["label", "addresses", "days", "scopes"].includes(problem?.field ?? "");
  return (
    <FormDialog
      title={t("tokens.make")}
      submit={t("tokens.make")}
      onClose={props.onClose}
      pending={props.pending}
      incomplete={label.trim() === "" || chosen.length === 0}
      onIncomplete={() => setTried(true)}
      error={shown ? null : props.error}
      onSubmit={() =>
        props.onMake({
          kind,
          label: label.trim(),
          scopes: scopes.filter((scope) => chosen.includes(scope)),
          days: days === "" ? null : Number(days),
          addresses: addressesOf(addresses),
        })
      }
    >
      <TextInput
        data-autofocus
        label={t("tokens.label")}
        description={t("tokens.label_hint")}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        error={tried && label.trim() === "" ? t("form.needed") : at("label")}
        classNames={fieldClasses}
      />
      {props.kinds.length > 1 ? (
        <NativeSelect
          label={t("tokens.kind")}
          description={kind === "app_password" ? t("tokens.app_password_hint") : t("tokens.personal_hint")}
          value={kind}
          onChange={(event) => {
            const next = event.currentTarget.value as Token["kind"];
            setKind(next);
            // Only an app password may go on without an end.
            if (next !== "app_password" && days === "") setDays("90");
          }}
          data={props.kinds.map((each) => ({ value: each, label: t(`tokens.${each}`) }))}
          classNames={fieldClasses}
        />
      ) : null}
      <fieldset style={{ border: 0, padding: 0, display: "grid", gap: 6 }}>
        <legend className={fieldClasses.label}>{t("tokens.scopes")}</legend>
        {scopes.map((scope) => (
          <Check
            key={scope}
            label={scopeText(i18n, scope)}
            checked={chosen.includes(scope)}
            onChange={(on) => setChosen(on ? [...chosen, scope] : chosen.filter((each) => each !== scope))}
          />
        ))}
        {tried && chosen.length === 0 ? (
          <p className={fieldClasses.error} role="alert">
            {t("form.choose_one")}
          </p>
        ) : (
          at("scopes") && <p className={fieldClasses.error}>{at("scopes")}</p>
        )}
      </fieldset>
      <NativeSelect
        label={t("tokens.days")}
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
        error={at("days")}
        data={[
          ...spans.map((each) => ({ value: String(each), label: t("tokens.days_n", { count: each }) })),
          ...(kind === "app_password" ? [{ value: "", label: t("tokens.no_end") }] : []),
        ]}
        classNames={fieldClasses}
      />
      <Textarea
        label={t("tokens.addresses")}
        description={t("tokens.addresses_hint")}
        placeholder="10.0.0.0/8"
        rows={2}
        value={addresses}
        onChange={(event) => setAddresses(event.currentTarget.value)}
        error={at("addresses")}
        classNames={fieldClasses}
      />
    </FormDialog>
  );
}
