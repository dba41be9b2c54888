// Lets the ApiClient ask the person to confirm who they are, without knowing the dialog. Requests that ask at the same
// time wait for the same answer: there is one dialog.
import type { Problem } from "@/api/problem";

/** `elevation`: a second factor, now. `confirmation`: a second factor or, for those without one, the password. */
export type ProofKind = "elevation" | "confirmation";

export interface ProofRequest {
  kind: ProofKind;
  done: () => void;
  cancel: () => void;
}

type Door = (request: ProofRequest | null) => void;

let door: Door | null = null;
let open: { kind: ProofKind; answer: Promise<void> } | null = null;

export function onAskForProof(to: Door): () => void {
  door = to;
  return () => {
    if (door === to) door = null;
  };
}

/** Ends when the person confirmed; fails with the refusal itself when they did not. */
export function askForProof(kind: ProofKind, refusal: Problem): Promise<void> {
  // Who just proves a second factor satisfies the weaker demand as well.
  if (open && (open.kind === kind || open.kind === "elevation"))
    return open.answer.catch(() => Promise.reject(refusal));
  if (!door) return Promise.reject(refusal);
  const show = door;
  const answer = new Promise<void>((resolve, reject) => {
    const end = (settle: () => void) => () => {
      open = null;
      show(null);
      settle();
    };
    show({ kind, done: end(resolve), cancel: end(() => reject(refusal)) });
  });
  open = { kind, answer };
  return answer;
}
