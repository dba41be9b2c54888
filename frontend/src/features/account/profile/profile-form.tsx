import { NativeSelect, TextInput } from "@mantine/core";
import { useMemo, useState, type FormEvent } from "react";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/queries";
import { SaveButton } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { Refusal } from "@/components/form";
import { useI18n } from "@/lib/i18n/i18n";
import { useChangeProfile } from "@/lib/profile";
import { useProblemText } from "@/lib/problem-text";
import css from "../account.module.css";

const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What is known of the zones, with the one of this device and the kept one even when the list lacks them. */
function zones(kept: string | null): string[] {
  const known = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  return [...new Set([...known, "UTC", here(), ...(kept ? [kept] : [])])].sort();
}

export function ProfileForm() {
  const { t } = useI18n();
  const { user } = useMe();
  const change = useChangeProfile();
  const describe = useProblemText();
  const [tried, setTried] = useState(false);
  const [name, setName] = useState(user.display_name);
  const [email, setEmail] = useState(user.email ?? "");
  const [zone, setZone] = useState(user.time_zone ?? "");
  const options = useMemo(() => zones(user.time_zone), [user.time_zone]);
  const changes = {
    ...(name.trim() !== user.display_name ? { display_name: name.trim() } : {}),
    ...(email.trim() !== (user.email ?? "") ? { email: email.trim() } : {}),
    ...(zone !== "" && zone !== user.time_zone ? { time_zone: zone } : {}),
  };
  const changed = Object.keys(changes).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (changed && name.trim() !== "") change.mutate(changes);
  };
  const problem = change.error instanceof Problem ? change.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const shown = ["display_name", "email", "time_zone"].includes(problem?.field ?? "");
  return (
    <form onSubmit={submit} className={css["form"]}>
      <TextInput
        label={t("setup.display_name")}
        description={t("setup.display_name_hint")}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={tried && name.trim() === "" ? t("form.needed") : at("display_name")}
        classNames={fieldClasses}
      />
      <TextInput
        type="email"
        label={t("account.email")}
        description={t("account.email_hint")}
        autoComplete="email"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        error={at("email")}
        classNames={fieldClasses}
      />
      <NativeSelect
        label={t("account.time_zone")}
        description={t("account.time_zone_hint")}
        value={zone}
        onChange={(event) => setZone(event.currentTarget.value)}
        error={at("time_zone")}
        data={[...(user.time_zone ? [] : [{ value: "", label: t("account.time_zone_none") }]), ...options]}
        classNames={fieldClasses}
      />
      <Refusal error={shown ? null : change.error} />
      <div>
        <SaveButton label={t("account.save_profile")} changed={changed} pending={change.isPending} />
      </div>
    </form>
  );
}
