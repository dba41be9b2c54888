// Signing in: a passkey, a password with a second step, or another service. One step is shown at a time.
import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useApi } from "@/api/context";
import type { Me } from "@/api/model";
import { Problem } from "@/api/problem";
import { Entry } from "@/components/entry";
import { Refusal } from "@/components/form";
import { useTitle } from "@/components/page-head";
import { useI18n } from "@/lib/i18n/i18n";
import { useSignedIn } from "@/lib/session/finish";
import { useSetupState } from "@/lib/setup-state";
import { methods as allMethods, type Method } from "./api/model";
import { signInOptions } from "./api/sign-in-options";
import { FirstStep } from "./first-step";
import { safeNext } from "./safe-next";
import { SecondStep } from "./second-step";
import css from "./sign-in.module.css";

export function SignInPage() {
  const { t } = useI18n();
  const api = useApi();
  const router = useRouter();
  const { next, problem, step } = useSearch({ from: "/sign-in" });
  const setup = useSetupState();
  const signedIn = useSignedIn();
  const options = useQuery({
    queryKey: ["sign-in", "options"],
    queryFn: ({ signal }) => signInOptions(api, signal),
    staleTime: 60_000,
  });
  // Back from another service, the address says that a second step follows, but not by what.
  const [second, setSecond] = useState<readonly Method[] | null>(
    step === "second-factor" ? allMethods : null,
  );
  const [stale, setStale] = useState<Problem | null>(null);
  useTitle(t("signin.title"));

  const finish = useCallback(
    (me: Me) => {
      signedIn(me);
      router.history.push(safeNext(next));
    },
    [signedIn, router, next],
  );

  if (setup.data?.open) {
    return <Entry title={t("signin.setup_open_title")} lead={t("signin.setup_open_text")} />;
  }
  if (second) {
    return (
      <SecondStep
        methods={second}
        onDone={finish}
        onBack={(why) => {
          setStale(why);
          setSecond(null);
        }}
      />
    );
  }
  const said =
    stale ?? (problem ? new Problem({ code: problem, message: t("signin.failed"), status: 401 }) : null);
  return (
    <Entry title={t("signin.title")} lead={next && next !== "/" ? t("signin.lead_next") : t("signin.lead")}>
      {said ? (
        <div className={css["said"]}>
          <Refusal error={said} />
        </div>
      ) : null}
      <FirstStep
        passkeys={options.data?.passkeys ?? false}
        providers={options.data?.providers ?? []}
        next={safeNext(next)}
        onDone={finish}
        onSecond={setSecond}
      />
    </Entry>
  );
}
