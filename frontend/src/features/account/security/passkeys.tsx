// Passkeys: each with its name and last use. Adding one is the browser's work; the name comes after it.
import { IconDots, IconFingerprint, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { ActionButton, IconButton } from "@/components/button";
import { FormDialog } from "@/components/form-dialog";
import { Refusal } from "@/components/form";
import { ActionMenu } from "@/components/menu";
import { NameDialog } from "@/components/name-dialog";
import { rowClasses } from "@/components/rows";
import { Tag, When } from "@/components/small";
import type { Action } from "@/lib/actions/action";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import type { Passkey } from "../api/model";
import { removePasskey } from "../api/remove-passkey";
import { renamePasskey } from "../api/rename-passkey";
import css from "../account.module.css";
import { useSecurityChanged } from "../use-security";
import { useAddPasskey } from "./use-add-passkey";

export function Passkeys(props: { passkeys: readonly Passkey[] }) {
  const { t } = useI18n();
  const { action, error, dialog } = useAddPasskey();
  return (
    <section aria-labelledby="passkeys">
      <h2 id="passkeys">{t("security.passkeys")}</h2>
      <p className={css["sub"]}>{t("security.passkeys_text")}</p>
      {props.passkeys.length > 0 ? (
        <ul className={rowClasses.rows} aria-labelledby="passkeys">
          {props.passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      ) : null}
      <Refusal error={error} />
      <div className={css["acts"]}>
        <ActionButton action={action} kind={props.passkeys.length === 0 ? "primary" : "default"} />
      </div>
      {dialog}
    </section>
  );
}

function PasskeyRow({ passkey }: { passkey: Passkey }) {
  const { t, format } = useI18n();
  const api = useApi();
  const changed = useSecurityChanged();
  const [open, setOpen] = useState<"rename" | "remove" | null>(null);
  const close = () => setOpen(null);
  const remove = useMutation({
    mutationFn: () => removePasskey(api, passkey.id),
    onSuccess: async () => {
      close();
      await changed();
    },
  });
  const name = visibleName(passkey.name);
  const actions: Action[][] = [
    [
      {
        id: `passkey.rename.${passkey.id}`,
        label: t("security.rename"),
        group: "",
        icon: IconPencil,
        run: () => setOpen("rename"),
      },
    ],
    [
      {
        id: `passkey.remove.${passkey.id}`,
        label: t("security.remove"),
        group: "",
        icon: IconTrash,
        danger: true,
        run: () => {
          remove.reset();
          setOpen("remove");
        },
      },
    ],
  ];
  return (
    <li className={css["row"]}>
      <span className={rowClasses.pic} data-on>
        <IconFingerprint size={17} stroke={1.7} aria-hidden />
      </span>
      <div>
        <p className={css["name"]}>
          <b>{name}</b>
          {passkey.synced ? <Tag>{t("security.synced")}</Tag> : null}
        </p>
        <small>
          {t("security.since", { time: format.date(passkey.created_at) })},{" "}
          {passkey.last_used_at ? (
            <>
              {t("security.last_used")} <When time={passkey.last_used_at} />
            </>
          ) : (
            t("security.never_used")
          )}
        </small>
      </div>
      <span className={css["rowActs"]}>
        <ActionMenu
          label={t("common.more_for", { name })}
          target={<IconButton icon={IconDots} label={t("common.more_for", { name })} />}
          groups={actions}
        />
      </span>
      {open === "rename" ? (
        <NameDialog
          title={t("security.rename_title")}
          label={t("security.passkey_name")}
          submit={t("common.save")}
          initial={passkey.name}
          onClose={close}
          save={async (next) => {
            await renamePasskey(api, passkey.id, next);
            await changed();
          }}
        />
      ) : null}
      {open === "remove" ? (
        <FormDialog
          title={t("security.remove_passkey_title", { name })}
          text={<p>{t("security.remove_passkey_text")}</p>}
          submit={t("security.remove_passkey")}
          danger
          onClose={close}
          onSubmit={() => remove.mutate()}
          pending={remove.isPending}
          error={remove.error}
        />
      ) : null}
    </li>
  );
}
