// Passkeys through the browser. The only place that knows the library, and that reads its refusals.
import {
  WebAuthnAbortService,
  WebAuthnError,
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import * as v from "valibot";
import { Problem } from "@/api/problem";

/** What the server sends is handed to the browser as it is; the browser checks it. */
export const PasskeyOptions = v.object({ options: v.looseObject({ challenge: v.string() }) });
export type PasskeyOptions = v.InferOutput<typeof PasskeyOptions>["options"];

export const passkeysWork = browserSupportsWebAuthn;

function refused(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const name = error instanceof Error ? error.name : "";
  const known = error instanceof WebAuthnError ? error.code : "";
  const code =
    known === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED" || name === "InvalidStateError"
      ? "passkey_known"
      : name === "NotAllowedError" || name === "AbortError"
        ? "passkey_cancelled"
        : name === "SecurityError" || known === "ERROR_INVALID_DOMAIN"
          ? "passkey_wrong_site"
          : "passkey_failed";
  return new Problem({
    code,
    message: error instanceof Error ? error.message : code,
    status: 0,
    cause: error,
  });
}

/** Asks for a passkey of this site; the answer goes to the server. */
export async function askForPasskey(options: PasskeyOptions): Promise<unknown> {
  try {
    return await startAuthentication({
      optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON,
    });
  } catch (error) {
    throw refused(error);
  }
}

export async function makePasskey(options: PasskeyOptions): Promise<unknown> {
  try {
    return await startRegistration({
      optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON,
    });
  } catch (error) {
    throw refused(error);
  }
}

export const autofillWorks = browserSupportsWebAuthnAutofill;

/** Offers passkeys in the name field, without asking; ends when one was chosen. */
export function offerPasskeys(options: PasskeyOptions): Promise<unknown> {
  return startAuthentication({
    optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON,
    useBrowserAutofill: true,
  });
}

export function stopOffering(): void {
  WebAuthnAbortService.cancelCeremony();
}
