// One's own profile, the look of the application and this session.
import { SegmentedControl, TextInput, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useMe } from "@/api/queries";
import { Button } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { segmentedClasses } from "@/components/segmented";
import { Refusal } from "@/components/form";
import { PageHead } from "@/components/page-head";
import { narrowPageClass } from "@/components/page";
import { Tag } from "@/components/small";
import { lookUp, useI18n, type Language, type MessageKey } from "@/lib/i18n/i18n";
import { useChangeProfile } from "@/lib/profile";
import { useSignOut } from "@/lib/sign-out";
import css from "./account.module.css";

export function AccountPage() {
  const { t, language, format } = useI18n();
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const changeLanguage = useChangeProfile();
  const signOut = useSignOut();
  const roleText = (role: string) => {
    const key = `account.role_${role}`;
    return lookUp(language, key) === undefined ? role : t(key as MessageKey);
  };
  return (
    <div className={narrowPageClass}>
      <PageHead title={t("shell.account")} crumbs={[{ label: t("shell.account") }]} />
      <h1>{me.user.display_name}</h1>
      <p className={css["roles"]}>
        <span className="muted">{me.user.name}</span>
        {me.user.roles.map((role) => (
          <Tag key={role}>{roleText(role)}</Tag>
        ))}
      </p>
      <section>
        <h2>{t("account.profile")}</h2>
        <NameForm key={me.user.display_name} current={me.user.display_name} />
      </section>
      <section>
        <h2>{t("shell.group_look")}</h2>
        <div className={css["choice"]}>
          <span id="account-theme">{t("account.theme")}</span>
          <SegmentedControl
            classNames={segmentedClasses}
            aria-labelledby="account-theme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
            data={[
              { value: "light", label: t("shell.light") },
              { value: "dark", label: t("shell.dark") },
              { value: "auto", label: t("shell.auto") },
            ]}
          />
        </div>
        <div className={css["choice"]}>
          <span id="account-language">{t("shell.language")}</span>
          <SegmentedControl
            classNames={segmentedClasses}
            aria-labelledby="account-language"
            value={language}
            onChange={(value) => changeLanguage.mutate({ language: value as Language })}
            data={[
              { value: "en", label: "English" },
              { value: "de", label: "Deutsch" },
            ]}
          />
        </div>
      </section>
      <section>
        <h2>{t("account.session")}</h2>
        {me.session.expires_at ? (
          <p className={css["session"]}>
            {t("account.session_until", { time: format.exact(me.session.expires_at) })}
          </p>
        ) : null}
        <Button onClick={() => void signOut()}>{t("shell.sign_out")}</Button>
      </section>
    </div>
  );
}

function NameForm(props: { current: string }) {
  const { t } = useI18n();
  const [name, setName] = useState(props.current);
  const change = useChangeProfile();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ display_name: name.trim() });
  };
  const changed = name.trim() !== props.current && name.trim() !== "";
  return (
    <form onSubmit={submit} className={css["name"]}>
      <TextInput
        label={t("setup.display_name")}
        description={t("setup.display_name_hint")}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        classNames={fieldClasses}
      />
      <Refusal error={change.error} />
      <div>
        <Button
          type="submit"
          kind={changed ? "primary" : "default"}
          disabled={!changed}
          loading={change.isPending}
        >
          {t("account.save_name")}
        </Button>
      </div>
    </form>
  );
}
