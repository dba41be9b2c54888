// Changes to one's own profile. The language changes at once and goes back when the server refuses.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/api/context";
import { Me } from "@/api/model";
import { keys } from "@/api/queries";
import type { Language } from "./i18n/i18n";
import { currentLanguage, setLanguage } from "./i18n/language";
import { showNotice } from "./notices/notices";
import { useProblemText } from "./problem-text";

export function useChangeProfile() {
  const api = useApi();
  const queries = useQueryClient();
  const describe = useProblemText();
  return useMutation({
    mutationFn: (change: {
      language?: Language;
      display_name?: string;
      /** An empty text takes it away. */
      email?: string;
      time_zone?: string;
    }) => api.read(Me, api.http.PATCH("/api/v1/session/user", { body: change })),
    onMutate: ({ language }) => {
      const before = currentLanguage();
      if (language) setLanguage(language);
      return { before };
    },
    onSuccess: (me) => queries.setQueryData(keys.me, me),
    onError: (error, change, context) => {
      if (change.language && context) {
        setLanguage(context.before);
        showNotice({ text: describe(error), tone: "danger" });
      }
    },
  });
}
