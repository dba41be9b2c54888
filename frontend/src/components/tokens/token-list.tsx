// Tokens: what each may do, from where, until when, and when it was used. One's own and those of service accounts.
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Tokens, type NewToken, type Token, type TokenDraft } from "@/api/model-access";
import type * as v from "valibot";
import { Answer } from "../answer";
import { Button } from "../button";
import { FormDialog } from "../form-dialog";
import { OnceDialog } from "../once";
import { rowClasses } from "../rows";
import { Tag, When } from "../small";
import { lookUp, useI18n, type I18n, type MessageKey } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import css from "./tokens.module.css";
import { TokenDialog } from "./token-dialog";

export interface TokenDoor {
  key: readonly string[];
  list: (signal: AbortSignal) => Promise<v.InferOutput<typeof Tokens>>;
  /** Missing where none may be made. */
  make?: (draft: TokenDraft) => Promise<NewToken>;
  revoke: (id: string) => Promise<void>;
  kinds: readonly Token["kind"][];
}

export function scopeText(i18n: I18n, scope: string): string {
  const key = `tokens.scope_${scope.replaceAll(/[^a-z]+/g, "_")}`;
  return lookUp(i18n.language, key) === undefined ? scope : i18n.t(key as MessageKey);
}

export function TokenList({ door }: { door: TokenDoor }) {
  const { t } = useI18n();
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const tokens = useQuery({ queryKey: door.key, queryFn: ({ signal }) => door.list(signal) });
  const { make: makeOne } = door;
  const make = useMutation({
    mutationFn: (draft: TokenDraft) => (makeOne ? makeOne(draft) : Promise.reject(new Error("no door"))),
    gcTime: 0,
    onSuccess: async () => {
      setMaking(false);
      await queries.invalidateQueries({ queryKey: door.key });
    },
  });
  return (
    <Answer to={tokens}>
      {({ items }) => (
        <>
          {items.length === 0 ? <p className={css["none"]}>{t("tokens.none")}</p> : null}
          <ul className={rowClasses.rows} aria-label={t("account.tokens")}>
            {items.map((token) => (
              <TokenRow key={token.id} token={token} door={door} />
            ))}
          </ul>
          {makeOne ? (
            <div className={css["acts"]}>
              <Button
                icon={IconPlus}
                kind={items.length === 0 ? "primary" : "default"}
                onClick={() => {
                  make.reset();
                  setMaking(true);
                }}
              >
                {t("tokens.make")}
              </Button>
            </div>
          ) : null}
          {making ? (
            <TokenDialog
              kinds={door.kinds}
              pending={make.isPending}
              error={make.error}
              onClose={() => setMaking(false)}
              onMake={(draft) => make.mutate(draft)}
            />
          ) : null}
          {make.data ? (
            <OnceDialog
              title={t("tokens.made_title", { name: visibleName(make.data.token.label) })}
              text={
                make.data.token.kind === "app_password"
                  ? t("tokens.made_app_password")
                  : t("tokens.made_text")
              }
              secret={make.data.secret}
              onClose={() => make.reset()}
            />
          ) : null}
        </>
      )}
    </Answer>
  );
}

function TokenRow({ token, door }: { token: Token; door: TokenDoor }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => door.revoke(token.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: door.key }),
  });
  const name = visibleName(token.label);
  return (
    <li className={css["row"]}>
      <span className={rowClasses.pic}>
        <IconKey size={17} stroke={1.7} aria-hidden />
      </span>
      <div>
        <p className={css["name"]}>
          <b>{name}</b>
          {token.kind === "app_password" ? <Tag>{t("tokens.app_password")}</Tag> : null}
        </p>
        <small>
          {format.list(token.scopes.map((scope) => scopeText(i18n, scope)))},{" "}
          {token.expires_at ? t("tokens.until", { time: format.date(token.expires_at) }) : t("tokens.no_end")}
          {token.addresses.length > 0
            ? `, ${t("tokens.from", { addresses: format.list(token.addresses) })}`
            : null}
        </small>
        <small>
          {token.last_used_at ? (
            <>
              {t("security.last_used")} <When time={token.last_used_at} />
              {token.last_used_address ? `, ${token.last_used_address}` : null}
            </>
          ) : (
            t("security.never_used")
          )}
        </small>
      </div>
      <Button
        size="small"
        aria-label={t("tokens.revoke_named", { name })}
        onClick={() => {
          revoke.reset();
          setAsking(true);
        }}
      >
        {t("tokens.revoke")}
      </Button>
      {asking ? (
        <FormDialog
          title={t("tokens.revoke_title", { name })}
          text={<p>{t("tokens.revoke_text")}</p>}
          submit={t("tokens.revoke")}
          danger
          onClose={() => setAsking(false)}
          onSubmit={() => revoke.mutate()}
          pending={revoke.isPending}
          error={revoke.error}
        />
      ) : null}
    </li>
  );
}
