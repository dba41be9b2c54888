// A service account comes in with tokens only: administration makes and revokes them.
import { useMemo } from "react";
import { useApi } from "@/api/context";
import { TokenList, type TokenDoor } from "@/components/tokens/token-list";
import { useI18n } from "@/lib/i18n/i18n";
import { listUserTokens } from "../api/list-user-tokens";
import { makeUserToken } from "../api/make-user-token";
import type { AdminUser } from "../api/model";
import { revokeUserToken } from "../api/revoke-user-token";
import { adminKeys } from "../use-admin-query";

export function ServiceTokens({ user }: { user: AdminUser }) {
  const { t } = useI18n();
  const api = useApi();
  const door = useMemo<TokenDoor>(
    () => ({
      key: [...adminKeys.user(user.id), "tokens"],
      list: (signal) => listUserTokens(api, user.id, signal),
      make: (draft) => makeUserToken(api, user.id, draft),
      revoke: (id) => revokeUserToken(api, user.id, id),
      kinds: ["personal"],
    }),
    [api, user.id],
  );
  return (
    <>
      <h3>{t("account.tokens")}</h3>
      <TokenList door={door} />
    </>
  );
}
