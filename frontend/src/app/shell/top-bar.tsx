import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconBell, IconCheck, IconLogout, IconSearch, IconUserCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMe } from "@/api/queries";
import { menuClasses } from "@/components/menu";
import { Avatar, Kbd } from "@/components/small";
import { openPalette } from "@/lib/actions/palette-door";
import { useChangeProfile } from "@/lib/profile";
import { languages, useI18n, type Language } from "@/lib/i18n/i18n";
import { useSignOut } from "@/lib/sign-out";
import { ElevationPill } from "./elevation-pill";
import css from "./shell.module.css";

const languageNames = { en: "English", de: "Deutsch" } as const;

export function TopBar(props: { slot: (element: HTMLElement | null) => void }) {
  const { t } = useI18n();
  return (
    <header className={css["top"]}>
      <div className={css["slot"]} ref={props.slot} />
      <button type="button" className={css["search"]} onClick={openPalette} aria-label={t("shell.palette")}>
        <IconSearch size={16} stroke={1.7} aria-hidden />
        <span>{t("shell.palette_hint")}</span>
        <Kbd shortcut="mod+K" />
      </button>
      <ElevationPill />
      <UserMenu />
    </header>
  );
}

function UserMenu() {
  const { t, language } = useI18n();
  const me = useMe();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const changeProfile = useChangeProfile();
  const themes = [
    { value: "light", label: t("shell.light") },
    { value: "dark", label: t("shell.dark") },
    { value: "auto", label: t("shell.auto") },
  ] as const;
  const check = <IconCheck size={15} stroke={2} aria-hidden />;
  return (
    <Menu classNames={menuClasses} position="bottom-end">
      <Menu.Target>
        <button
          type="button"
          className={css["me"]}
          aria-label={t("shell.user_menu", { name: me.user.display_name })}
          data-unseen={me.notices > 0 || undefined}
        >
          <Avatar id={me.user.id} name={me.user.display_name} picture={me.user.picture} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={css["who"]}>
          <b className="cut">{me.user.display_name}</b>
          <span className="cut">{me.user.name}</span>
        </div>
        <Menu.Divider />
        <Menu.Item
          component={Link}
          to="/account"
          leftSection={<IconUserCircle size={16} stroke={1.7} aria-hidden />}
        >
          {t("shell.account")}
        </Menu.Item>
        {me.notices > 0 ? (
          <Menu.Item
            component={Link}
            to="/account/notices"
            leftSection={<IconBell size={16} stroke={1.7} aria-hidden />}
          >
            {t("account.notices_unseen", { count: me.notices })}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Label>{t("shell.group_look")}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
        >
          {themes.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value} checkIcon={check}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t("shell.language")}</Menu.Label>
        <Menu.RadioGroup
          value={language}
          onChange={(value) => changeProfile.mutate({ language: value as Language })}
        >
          {languages.map((each) => (
            <Menu.RadioItem key={each} value={each} lang={each} checkIcon={check} closeMenuOnClick>
              {languageNames[each]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.7} aria-hidden />}
          onClick={() => void signOut()}
        >
          {t("shell.sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
