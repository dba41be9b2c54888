// The browser offers this site's passkeys in the name field. Whoever takes one is signed in; nobody is asked.
import { useEffect, useRef } from "react";
import { useApi } from "@/api/context";
import { autofillWorks, offerPasskeys, stopOffering } from "@/lib/webauthn/webauthn";
import { passkeyOptions } from "./api/passkey-options";

export function usePasskeyAutofill(enabled: boolean, onChosen: (credential: unknown) => void): void {
  const api = useApi();
  const chosen = useRef(onChosen);
  useEffect(() => {
    chosen.current = onChosen;
  }, [onChosen]);
  useEffect(() => {
    if (!enabled) return;
    let shown = true;
    void (async () => {
      try {
        if (!(await autofillWorks()) || !shown) return;
        const { options } = await passkeyOptions(api);
        if (!shown) return;
        const credential = await offerPasskeys(options);
        if (shown) chosen.current(credential);
      } catch {
        // An offer that was not taken, or could not be made, is no failure: the form is there.
      }
    })();
    return () => {
      shown = false;
      stopOffering();
    };
  }, [api, enabled]);
}
