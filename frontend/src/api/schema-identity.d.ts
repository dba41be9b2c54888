// Interim: the calls of identity as the agreed contract has them, until schema.d.ts is generated from the server.
// Delete this file, and its two lines in client.ts, when the generated paths hold them.

/** One call: path parameters, body, query. Answers are parsed where they are read. */
type Call<Path = undefined, Body = undefined, Query = undefined> = {
  parameters: (Path extends undefined ? { path?: never } : { path: Path }) &
    (Query extends undefined ? { query?: never } : { query?: Query });
  responses: { 200: { headers: Record<string, unknown>; content: { "application/json": unknown } } };
} & (Body extends undefined
  ? { requestBody?: never }
  : { requestBody: { content: { "application/json": Body } } });

interface PageQuery {
  after?: string;
  limit?: number;
}

type SecondFactor =
  | { method: "totp"; code: string }
  | { method: "recovery_code"; code: string }
  | { method: "passkey"; credential: unknown };

interface RoleBody {
  name?: string;
  description?: string;
  permissions?: string[];
  second_factor?: "none" | "any" | "passkey";
  grace_hours?: number;
}

interface ProviderBody {
  name?: string;
  issuer?: string;
  client_id?: string;
  client_secret?: string;
  scopes?: string[];
  group_claim?: string | null;
  group_roles?: { group: string; role_id: string }[];
  make_users?: boolean;
  enabled?: boolean;
}

interface TokenBody {
  kind: "personal" | "app_password";
  label: string;
  scopes: string[];
  days?: number | null;
  addresses?: string[];
}

export interface IdentityPaths {
  "/api/v1/session": {
    get: Call;
    post: Call<undefined, { name: string; password: string; stay?: boolean }>;
    delete: Call;
  };
  "/api/v1/session/second-factor": { post: Call<undefined, SecondFactor> };
  "/api/v1/session/second-factor/passkey-options": { post: Call };
  "/api/v1/session/passkey-options": { post: Call };
  "/api/v1/session/passkey": { post: Call<undefined, { credential: unknown; stay?: boolean }> };
  "/api/v1/session/user": {
    patch: Call<
      undefined,
      { display_name?: string; language?: "en" | "de"; time_zone?: string; email?: string }
    >;
  };
  "/api/v1/session/user/picture": { delete: Call };
  "/api/v1/session/elevation": { post: Call<undefined, SecondFactor>; delete: Call };
  "/api/v1/session/elevation/passkey-options": { post: Call };
  "/api/v1/session/confirmation": { post: Call<undefined, { password: string }> };
  "/api/v1/account/security": { get: Call };
  "/api/v1/account/password": { put: Call<undefined, { current?: string; new: string }> };
  "/api/v1/account/passkeys/options": { post: Call };
  "/api/v1/account/passkeys": { post: Call<undefined, { name: string; credential: unknown }> };
  "/api/v1/account/passkeys/{passkey_id}": {
    patch: Call<{ passkey_id: string }, { name: string }>;
    delete: Call<{ passkey_id: string }>;
  };
  "/api/v1/account/totp": { post: Call; delete: Call };
  "/api/v1/account/totp/confirmation": { post: Call<undefined, { code: string }> };
  "/api/v1/account/recovery-codes": { post: Call };
  "/api/v1/account/sessions": { get: Call; delete: Call };
  "/api/v1/account/sessions/{session_id}": { delete: Call<{ session_id: string }> };
  "/api/v1/account/tokens": { get: Call; post: Call<undefined, TokenBody> };
  "/api/v1/account/tokens/{token_id}": { delete: Call<{ token_id: string }> };
  "/api/v1/account/notices": { get: Call };
  "/api/v1/account/notices/seen": { post: Call };
  "/api/v1/account/role-requests": {
    get: Call;
    post: Call<undefined, { role_id?: string; reason: string; minutes: number }>;
  };
  "/api/v1/account/role-requests/{request_id}": { delete: Call<{ request_id: string }> };
  "/api/v1/account/break-glass": { post: Call<undefined, { reason: string }> };
  "/api/v1/account/providers/{provider_id}": {
    post: Call<{ provider_id: string }>;
    delete: Call<{ provider_id: string }>;
  };
  "/api/v1/admin/users": {
    get: Call<undefined, undefined, { q?: string; state?: string; after?: string; limit?: number }>;
    post: Call<
      undefined,
      {
        kind: "person" | "service";
        name: string;
        display_name?: string;
        email?: string;
        role_ids: string[];
      }
    >;
  };
  "/api/v1/admin/users/{user_id}": {
    get: Call<{ user_id: string }>;
    patch: Call<{ user_id: string }, { display_name?: string; email?: string; role_ids?: string[] }>;
    delete: Call<{ user_id: string }, { transfer_to: string }>;
  };
  "/api/v1/admin/users/{user_id}/deactivation": { post: Call<{ user_id: string }> };
  "/api/v1/admin/users/{user_id}/activation": { post: Call<{ user_id: string }> };
  "/api/v1/admin/users/{user_id}/password-reset": { post: Call<{ user_id: string }> };
  "/api/v1/admin/users/{user_id}/second-factors/reset": {
    post: Call<{ user_id: string }, { reason: string }>;
  };
  "/api/v1/admin/users/{user_id}/sessions": { delete: Call<{ user_id: string }> };
  "/api/v1/admin/users/{user_id}/tokens": {
    get: Call<{ user_id: string }>;
    post: Call<{ user_id: string }, TokenBody>;
  };
  "/api/v1/admin/users/{user_id}/tokens/{token_id}": { delete: Call<{ user_id: string; token_id: string }> };
  "/api/v1/admin/invitations": {
    get: Call<undefined, undefined, PageQuery>;
    post: Call<undefined, { email?: string; note?: string; role_ids: string[]; days: number }>;
  };
  "/api/v1/admin/invitations/{invitation_id}": { delete: Call<{ invitation_id: string }> };
  "/api/v1/admin/groups": {
    get: Call<undefined, undefined, PageQuery>;
    post: Call<undefined, { name: string }>;
  };
  "/api/v1/admin/groups/{group_id}": {
    patch: Call<{ group_id: string }, { name: string }>;
    delete: Call<{ group_id: string }>;
  };
  "/api/v1/admin/groups/{group_id}/members": {
    get: Call<{ group_id: string }, undefined, PageQuery>;
  };
  "/api/v1/admin/groups/{group_id}/members/{user_id}": {
    put: Call<{ group_id: string; user_id: string }>;
    delete: Call<{ group_id: string; user_id: string }>;
  };
  "/api/v1/admin/permissions": { get: Call };
  "/api/v1/admin/roles": { get: Call; post: Call<undefined, RoleBody> };
  "/api/v1/admin/roles/{role_id}": {
    patch: Call<{ role_id: string }, RoleBody>;
    delete: Call<{ role_id: string }>;
  };
  "/api/v1/admin/role-requests": { get: Call<undefined, undefined, PageQuery & { state?: string }> };
  "/api/v1/admin/role-requests/{request_id}/approval": { post: Call<{ request_id: string }> };
  "/api/v1/admin/role-requests/{request_id}/denial": { post: Call<{ request_id: string }> };
  "/api/v1/admin/role-requests/{request_id}/review": { post: Call<{ request_id: string }> };
  "/api/v1/admin/identity-providers": { get: Call; post: Call<undefined, ProviderBody> };
  "/api/v1/admin/identity-providers/{provider_id}": {
    patch: Call<{ provider_id: string }, ProviderBody>;
    delete: Call<{ provider_id: string }>;
  };
  "/api/v1/invitations/look": { post: Call<undefined, { token: string }> };
  "/api/v1/invitations/accept": {
    post: Call<
      undefined,
      { token: string; name: string; display_name: string; language: "en" | "de"; password: string }
    >;
  };
  "/api/v1/password-resets/accept": { post: Call<undefined, { token: string; password: string }> };
  "/api/v1/sign-in/options": { get: Call };
  "/api/v1/sign-in/providers/{provider_id}": { post: Call<{ provider_id: string }, { next?: string }> };
}
