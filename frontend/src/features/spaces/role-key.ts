// The name of a role in a space.
import type { Role } from "./api/model";

export const roleKey = (role: string): `spaces.role_${Role}` =>
  role === "manager" || role === "editor" || role === "uploader"
    ? `spaces.role_${role}`
    : "spaces.role_viewer";
