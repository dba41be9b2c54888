// What the sign-in page says about why one is there, as the address holds it.
import type { Problem } from "@/api/problem";

/** That nobody is signed in needs no words; that a session ended in another way does. */
export function saidOf(problem: Problem): { problem?: string } {
  if (problem.code === "session_reused" || problem.code === "session_idle") return { problem: problem.code };
  return {};
}
