import * as v from "valibot";
import { optional } from "@/api/model";

/** A program that waits to be let in. What it calls itself is its own word. */
export const WaitingProgram = v.object({
  client: v.string(),
  address: optional(v.string()),
  asked_at: v.string(),
  expires_at: v.string(),
});
export type WaitingProgram = v.InferOutput<typeof WaitingProgram>;
