// More rights for a while: asked for with a reason, or taken in an emergency with everybody watching.
import { IconAlertTriangle, IconUserUp } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import type { RoleRequest } from "@/api/model-access";
import { useMe } from "@/api/queries";
import { Answer } from "@/components/answer";
import { Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { PageHead } from "@/components/page-head";
import { RoleRequestRow } from "@/components/role-request";
import { rowClasses } from "@/components/rows";
import { useI18n } from "@/lib/i18n/i18n";
import css from "../account.module.css";
import { listRoleRequests } from "../api/list-role-requests";
import { withdrawRoleRequest } from "../api/withdraw-role-request";
import { BreakGlassDialog } from "./break-glass-dialog";
import { RequestDialog } from "./request-dialog";

const requestsKey = ["account", "role-requests"] as const;

export function RolesPage() {
  const { t } = useI18n();
  const api = useApi();
  const { abilities } = useMe();
  const [open, setOpen] = useState<"request" | "break-glass" | null>(null);
  const requests = useQuery({
    queryKey: requestsKey,
    queryFn: ({ signal }) => listRoleRequests(api, signal),
  });
  return (
    <>
      <PageHead
        title={t("account.roles")}
        crumbs={[{ label: t("shell.account"), link: { to: "/account" } }, { label: t("account.roles") }]}
      />
      <h1>{t("requests.own_title")}</h1>
      <p className={css["sub"]}>
        {abilities.request_role ? t("requests.own_text") : t("requests.own_administrator")}
      </p>
      <div className={css["acts"]}>
        {abilities.request_role ? (
          <Button kind="primary" icon={IconUserUp} onClick={() => setOpen("request")}>
            {t("requests.request")}
          </Button>
        ) : null}
        {abilities.break_glass ? (
          <Button kind="danger" icon={IconAlertTriangle} onClick={() => setOpen("break-glass")}>
            {t("requests.break_glass_open")}
          </Button>
        ) : null}
      </div>
      <section>
        <Answer to={requests}>
          {({ items }) =>
            items.length === 0 ? (
              <p className={css["sub"]}>{t("requests.own_none")}</p>
            ) : (
              <ul className={rowClasses.rows} aria-label={t("account.roles")}>
                {items.map((request) => (
                  <OwnRequest key={request.id} request={request} />
                ))}
              </ul>
            )
          }
        </Answer>
      </section>
      {open === "request" ? <RequestDialog listKey={requestsKey} onClose={() => setOpen(null)} /> : null}
      {open === "break-glass" ? (
        <BreakGlassDialog listKey={requestsKey} onClose={() => setOpen(null)} />
      ) : null}
    </>
  );
}

function OwnRequest({ request }: { request: RoleRequest }) {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const withdraw = useMutation({
    mutationFn: () => withdrawRoleRequest(api, request.id),
    // An emergency that ends takes rights away.
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <RoleRequestRow request={request} withPerson={false}>
      <Refusal error={withdraw.error} />
      {request.abilities.withdraw ? (
        <div className={css["acts"]}>
          <Button size="small" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
            {t(request.kind === "break_glass" ? "requests.end_emergency" : "requests.withdraw")}
          </Button>
        </div>
      ) : null}
    </RoleRequestRow>
  );
}
