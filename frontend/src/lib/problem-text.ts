// A Problem in the person's words. Codes without a text of their own keep the server's message.
import { useCallback } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { lookUp, useI18n, type I18n, type MessageKey } from "./i18n/i18n";

export function problemText(i18n: I18n, problem: Problem): string {
  for (const key of [`problems.${problem.code}_${problem.field ?? ""}`, `problems.${problem.code}`]) {
    if (lookUp(i18n.language, key) !== undefined) return i18n.t(key as MessageKey);
  }
  // A plain failure has one fixed sentence; other refusals of the server (a full disk, say) explain themselves.
  if (problem.status === 500) return i18n.t("problems.server");
  if (problem.code.startsWith("http_") || problem.code === "unexpected") {
    return i18n.t("problems.unknown", { message: problem.message });
  }
  return problem.message;
}

export function useProblemText(): (error: unknown) => string {
  const i18n = useI18n();
  return useCallback((error) => problemText(i18n, asProblem(error)), [i18n]);
}
