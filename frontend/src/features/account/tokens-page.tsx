// Tokens of this account: programs that come as this person, with less than the person may.
import { useMemo } from "react";
import { useApi } from "@/api/context";
import { useMe } from "@/api/queries";
import { PageHead } from "@/components/page-head";
import { NotFoundState } from "@/components/states";
import { TokenList, type TokenDoor } from "@/components/tokens/token-list";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./account.module.css";
import { listTokens } from "./api/list-tokens";
import { makeToken } from "./api/make-token";
import { revokeToken } from "./api/revoke-token";

export function TokensPage() {
  const { t } = useI18n();
  const api = useApi();
  const me = useMe();
  const door = useMemo<TokenDoor>(
    () => ({
      key: ["account", "tokens"],
      list: (signal) => listTokens(api, signal),
      make: (draft) => makeToken(api, draft),
      revoke: (id) => revokeToken(api, id),
      kinds: ["personal", "app_password"],
    }),
    [api],
  );
  if (!me.abilities.create_tokens) return <NotFoundState />;
  return (
    <>
      <PageHead
        title={t("account.tokens")}
        crumbs={[{ label: t("shell.account"), link: { to: "/account" } }, { label: t("account.tokens") }]}
      />
      <h1>{t("tokens.title")}</h1>
      <p className={css["sub"]}>{t("tokens.text")}</p>
      <section>
        <TokenList door={door} />
      </section>
    </>
  );
}
