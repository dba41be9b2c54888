import * as v from "valibot";

export const methods = ["passkey", "totp", "recovery_code"] as const;
export type Method = (typeof methods)[number];

/** The password was right and a second step follows, by one of these. */
export const SecondStep = v.object({
  methods: v.pipe(
    v.array(v.string()),
    v.transform((words) => methods.filter((method) => words.includes(method))),
  ),
});

export type SecondFactorProof =
  { method: "totp" | "recovery_code"; code: string } | { method: "passkey"; credential: unknown };

export const SignInOptions = v.object({
  providers: v.array(v.object({ id: v.string(), name: v.string() })),
  passkeys: v.boolean(),
});
export const ProviderAddress = v.object({ url: v.string() });
