// Other services that vouch for people here (OpenID Connect).
import { IconLogin2, IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useApi } from "@/api/context";
import { Answer } from "@/components/answer";
import { ActionButton, Button } from "@/components/button";
import { Tag } from "@/components/small";
import { EmptyState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import css from "../admin.module.css";
import { AdminPage, Needs } from "../admin-page";
import { listProviders } from "../api/list-providers";
import type { Provider } from "../api/model";
import { adminKeys, useAdminQuery } from "../use-admin-query";
import { ProviderDialog } from "./provider-dialog";

export function ProvidersPage() {
  return (
    <Needs ability="server_settings">
      <Providers />
    </Needs>
  );
}

function Providers() {
  const { t } = useI18n();
  const api = useApi();
  const [open, setOpen] = useState<Provider | "new" | null>(null);
  const providers = useAdminQuery(adminKeys.providers, (signal) => listProviders(api, signal));
  const action = useMemo<Action>(
    () => ({
      id: "admin.new-provider",
      label: t("providers.add"),
      group: t("admin.providers"),
      icon: IconPlus,
      run: () => setOpen("new"),
    }),
    [t],
  );
  useRegisterActions(useMemo(() => [action], [action]));
  return (
    <AdminPage
      title={t("admin.providers")}
      heading={t("providers.title")}
      text={t("providers.text")}
      acts={<ActionButton action={action} kind="primary" />}
    >
      <Answer to={providers}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={IconLogin2} title={t("providers.none")} />
          ) : (
            <ul className={css["rows"]} aria-label={t("admin.providers")}>
              {items.map((provider) => (
                <li key={provider.id} className={css["row"]}>
                  <IconLogin2 size={18} stroke={1.6} aria-hidden />
                  <span className={css["what"]}>
                    <b className="cut">{visibleName(provider.name)}</b>
                    <small className="cut">{provider.issuer}</small>
                  </span>
                  <span className={css["end"]}>
                    <Tag tone={provider.enabled ? "good" : "plain"}>
                      {provider.enabled ? t("providers.on") : t("providers.off")}
                    </Tag>
                    <Button
                      size="small"
                      aria-label={t("providers.edit_named", { name: visibleName(provider.name) })}
                      onClick={() => setOpen(provider)}
                    >
                      {t("providers.edit")}
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {open ? <ProviderDialog provider={open === "new" ? null : open} onClose={() => setOpen(null)} /> : null}
    </AdminPage>
  );
}
