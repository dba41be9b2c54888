// Emergencies that wait to be looked at: whoever reads the log says that they did.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconListSearch } from "@tabler/icons-react";
import { useApi } from "@/api/context";
import type { RoleRequest } from "@/api/model-access";
import { Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { RoleRequestRow } from "@/components/role-request";
import { rowClasses } from "@/components/rows";
import { useI18n } from "@/lib/i18n/i18n";
import { listEmergencies } from "./api/list-emergencies";
import { reviewEmergency } from "./api/review-emergency";
import css from "./emergencies.module.css";

const queryKey = ["log", "emergencies"];
const refetchMs = 60_000;

/** Nothing while there are none: the log is what this page is about. `onShow` gets the identifier that marks what was done in one. */
export function Emergencies({ onShow }: { onShow: (id: string) => void }) {
  const { t } = useI18n();
  const api = useApi();
  const emergencies = useQuery({
    queryKey,
    queryFn: ({ signal }) => listEmergencies(api, signal),
    refetchInterval: refetchMs,
  });
  if (emergencies.isError) return <Refusal error={emergencies.error} />;
  const open = emergencies.data?.items ?? [];
  if (open.length === 0) return null;
  return (
    <section className={css["emergencies"]} aria-labelledby="emergencies">
      <h2 id="emergencies">{t("log.emergencies", { count: open.length })}</h2>
      <ul className={rowClasses.rows}>
        {open.map((emergency) => (
          <Emergency key={emergency.id} emergency={emergency} onShow={() => onShow(emergency.id)} />
        ))}
      </ul>
    </section>
  );
}

function Emergency({ emergency, onShow }: { emergency: RoleRequest; onShow: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const review = useMutation({
    mutationFn: () => reviewEmergency(api, emergency.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["log"] }),
  });
  const name = emergency.user.display_name;
  return (
    <RoleRequestRow request={emergency} withPerson>
      <Refusal error={review.error} />
      <div className={css["acts"]}>
        <Button
          size="small"
          icon={IconListSearch}
          aria-label={t("log.emergency_show_named", { name })}
          onClick={onShow}
        >
          {t("log.emergency_show")}
        </Button>
        {emergency.abilities.review ? (
          <Button
            size="small"
            kind="primary"
            loading={review.isPending}
            aria-label={t("log.emergency_review_named", { name })}
            onClick={() => review.mutate()}
          >
            {t("log.emergency_review")}
          </Button>
        ) : null}
      </div>
    </RoleRequestRow>
  );
}
