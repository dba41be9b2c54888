// A role's name: those that come with the product have one in each language, others keep their own.
import { lookUp, type I18n, type MessageKey } from "./i18n/i18n";

export function roleText(i18n: I18n, role: { code: string | null; name: string }): string {
  const key = `account.role_${role.code ?? ""}`;
  return lookUp(i18n.language, key) === undefined ? role.name : i18n.t(key as MessageKey);
}
