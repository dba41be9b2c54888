// Who one is to others, and how the application looks to oneself.
import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useMe } from "@/api/queries";
import { Button } from "@/components/button";
import { PageHead } from "@/components/page-head";
import { segmentedClasses } from "@/components/segmented";
import { Tag } from "@/components/small";
import { useI18n, type Language } from "@/lib/i18n/i18n";
import { useChangeProfile } from "@/lib/profile";
import { roleText } from "@/lib/role-text";
import { useSignOut } from "@/lib/sign-out";
import css from "../account.module.css";
import { PictureChoice } from "./picture-choice";
import { ProfileForm } from "./profile-form";

export function ProfilePage() {
  const i18n = useI18n();
  const { t, language, format } = i18n;
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const changeLanguage = useChangeProfile();
  const signOut = useSignOut();
  return (
    <>
      <PageHead title={t("shell.account")} crumbs={[{ label: t("shell.account") }]} />
      <h1>{me.user.display_name}</h1>
      <p className={css["roles"]}>
        <span className="muted">{me.user.name}</span>
        {me.user.roles.map((role) => (
          <Tag key={role.id}>{roleText(i18n, role)}</Tag>
        ))}
      </p>
      <section>
        <h2>{t("account.picture")}</h2>
        <PictureChoice />
      </section>
      <section>
        <h2>{t("account.profile")}</h2>
        <ProfileForm key={`${me.user.display_name} ${me.user.email} ${me.user.time_zone}`} />
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
          <p className={css["sub"]}>
            {t("account.session_until", { time: format.dateTime(me.session.expires_at) })}
          </p>
        ) : null}
        <div className={css["acts"]}>
          <Button onClick={() => void signOut()}>{t("shell.sign_out")}</Button>
        </div>
      </section>
    </>
  );
}
