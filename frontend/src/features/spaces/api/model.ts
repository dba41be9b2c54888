// Who belongs to a space, and who could.
import * as v from "valibot";
import { optional, word } from "@/api/model";

export const roles = ["manager", "editor", "viewer", "uploader"] as const;
export type Role = (typeof roles)[number];

const named = {
  kind: word(["user", "group"], "user"),
  id: v.string(),
  name: v.string(),
  display_name: optional(v.string()),
};

export const Member = v.object({
  ...named,
  role: word(roles, "viewer"),
  abilities: v.object({ change: v.boolean(), remove: v.boolean() }),
});
export type Member = v.InferOutput<typeof Member>;
export const Members = v.object({ items: v.array(Member) });

/** A person or a group that can be chosen. */
export const Candidate = v.object(named);
export type Candidate = v.InferOutput<typeof Candidate>;
export const Candidates = v.object({ items: v.array(Candidate) });
