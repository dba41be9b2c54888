// Who asks for more rights, why and how long; and what was taken in an emergency and waits to be looked at.
import { SegmentedControl } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useApi } from "@/api/context";
import type { RoleRequest } from "@/api/model-access";
import { Answer } from "@/components/answer";
import { Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { RoleRequestRow } from "@/components/role-request";
import { rowClasses } from "@/components/rows";
import { segmentedClasses } from "@/components/segmented";
import { EmptyState } from "@/components/states";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import css from "../admin.module.css";
import { AdminPage, Needs } from "../admin-page";
import { approveRequest } from "../api/approve-request";
import { denyRequest } from "../api/deny-request";
import { listRequests } from "../api/list-requests";
import { adminKeys, useAdminChanged, useAdminQuery } from "../use-admin-query";
import { requestStates } from "./requests-search";

export function RequestsPage() {
  return (
    <Needs ability="manage_roles">
      <RoleRequests />
    </Needs>
  );
}

/** Emergencies wait for nobody here: whoever reads the log looks at them. */
const waits = (request: RoleRequest) => request.state === "pending";

function RoleRequests() {
  const { t } = useI18n();
  const api = useApi();
  const navigate = useNavigate({ from: "/admin/requests" });
  const { show = "pending" } = useSearch({ from: "/shell/admin/requests" });
  const requests = useAdminQuery(adminKeys.requests, (signal) => listRequests(api, signal));
  const waiting = requests.data?.items.filter(waits) ?? [];
  return (
    <AdminPage
      title={t("admin.requests")}
      heading={requests.data ? t("requests.waiting", { count: waiting.length }) : t("admin.requests")}
      text={t("requests.text")}
      acts={
        <SegmentedControl
          classNames={segmentedClasses}
          aria-label={t("admin.requests")}
          value={show}
          onChange={(value) => void navigate({ search: { show: value as typeof show }, replace: true })}
          data={requestStates.map((each) => ({
            value: each,
            label: t(`requests.show_${each}` as MessageKey),
          }))}
        />
      }
    >
      <Answer to={requests}>
        {({ items }) => {
          const shown = show === "all" ? items : waiting;
          if (shown.length === 0) {
            return (
              <EmptyState
                icon={IconInbox}
                title={show === "all" ? t("requests.none") : t("requests.none_waiting")}
              />
            );
          }
          return (
            <ul className={rowClasses.rows} aria-label={t("admin.requests")}>
              {shown.map((request) => (
                <RequestRow key={request.id} request={request} />
              ))}
            </ul>
          );
        }}
      </Answer>
    </AdminPage>
  );
}

const calls = { approve: approveRequest, deny: denyRequest };

function RequestRow({ request }: { request: RoleRequest }) {
  const { t } = useI18n();
  const api = useApi();
  const changed = useAdminChanged();
  const decide = useMutation({
    mutationFn: (how: keyof typeof calls) => calls[how](api, request.id),
    onSuccess: changed,
  });
  const button = (how: keyof typeof calls, kind: "primary" | "default" | "danger") => (
    <Button
      size="small"
      kind={kind}
      loading={decide.isPending && decide.variables === how}
      aria-label={t(`requests.${how}_named` as MessageKey, { name: request.user.display_name })}
      onClick={() => decide.mutate(how)}
    >
      {t(`requests.${how}` as MessageKey)}
    </Button>
  );
  return (
    <RoleRequestRow request={request} withPerson>
      <Refusal error={decide.error} />
      {request.abilities.decide ? (
        <div className={css["panelActs"]}>
          {button("approve", "primary")}
          {button("deny", "danger")}
        </div>
      ) : null}
    </RoleRequestRow>
  );
}
