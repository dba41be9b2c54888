// The password: changed with the current one, which ends what others may have opened with it.
import { PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/queries";
import { Button } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { NewPassword, isPasswordRefusal } from "@/components/new-password";
import { useI18n } from "@/lib/i18n/i18n";
import { changePassword } from "../api/change-password";
import type { Security } from "../api/model";
import css from "../account.module.css";
import { useSecurityChanged } from "../use-security";

export function PasswordSection(props: { password: Security["password"] }) {
  const { t, format } = useI18n();
  const [open, setOpen] = useState(false);
  const { set, changed_at: at } = props.password;
  return (
    <section aria-labelledby="password">
      <h2 id="password">{t("signin.password")}</h2>
      <p className={css["sub"]}>
        {!set
          ? t("security.password_none")
          : at
            ? t("security.password_since", { time: format.date(at) })
            : t("security.password_set")}
      </p>
      <div className={css["acts"]}>
        <Button onClick={() => setOpen(true)}>
          {set ? t("security.password_change") : t("security.password_make")}
        </Button>
      </div>
      {open ? <PasswordDialog set={set} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

function PasswordDialog(props: { set: boolean; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const me = useMe();
  const changed = useSecurityChanged();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => changePassword(api, { ...(props.set ? { current } : {}), new: next }),
    onSuccess: async () => {
      props.onClose();
      await changed();
    },
  });
  const wrong = change.error !== null && asProblem(change.error).code === "credentials_invalid";
  return (
    <FormDialog
      title={props.set ? t("security.password_change") : t("security.password_make")}
      submit={t("security.password_save")}
      onClose={props.onClose}
      onSubmit={() => {
        setTried(true);
        change.mutate();
      }}
      pending={change.isPending}
      incomplete={next === "" || (props.set && current === "")}
      onIncomplete={() => setTried(true)}
      error={wrong || isPasswordRefusal(change.error) ? null : change.error}
    >
      {/* Password managers find the account by its name. */}
      <input type="text" name="username" autoComplete="username" value={me.user.name} readOnly hidden />
      {props.set ? (
        <PasswordInput
          data-autofocus
          label={t("security.password_current")}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          error={tried && current === "" ? t("form.needed") : wrong ? t("proof.password_wrong") : null}
          visibilityToggleButtonProps={{ "aria-label": t("signin.show_password") }}
          classNames={fieldClasses}
        />
      ) : null}
      <NewPassword
        label={t("reset.password")}
        value={next}
        onChange={setNext}
        names={[me.user.name, me.user.display_name]}
        tried={tried}
        error={change.error}
      />
    </FormDialog>
  );
}
