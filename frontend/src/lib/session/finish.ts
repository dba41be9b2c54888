// Somebody is signed in: nothing of whoever was here before is kept.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Me } from "@/api/model";
import { keys } from "@/api/queries";
import { setLanguage } from "../i18n/language";

export function useSignedIn(): (me: Me) => void {
  const queries = useQueryClient();
  return useCallback(
    (me) => {
      queries.clear();
      queries.setQueryData(keys.me, me);
      setLanguage(me.user.language);
    },
    [queries],
  );
}
