// Services that this account can be signed in with. Nothing is shown on a server that has none.
import { IconExternalLink, IconUnlink } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/context";
import { Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { rowClasses } from "@/components/rows";
import { useI18n } from "@/lib/i18n/i18n";
import { linkProvider } from "../api/link-provider";
import type { Security } from "../api/model";
import { signInProviders } from "../api/sign-in-providers";
import { unlinkProvider } from "../api/unlink-provider";
import css from "../account.module.css";
import { useSecurityChanged } from "../use-security";

export function LinkedProviders(props: { linked: Security["providers"] }) {
  const { t, format } = useI18n();
  const api = useApi();
  const changed = useSecurityChanged();
  const known = useQuery({
    queryKey: ["account", "linkable-providers"],
    queryFn: ({ signal }) => signInProviders(api, signal),
    staleTime: 60_000,
  });
  const link = useMutation({
    mutationFn: (id: string) => linkProvider(api, id),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  const unlink = useMutation({ mutationFn: (id: string) => unlinkProvider(api, id), onSuccess: changed });
  const free = (known.data?.providers ?? []).filter(
    ({ id }) => !props.linked.some((each) => each.provider_id === id),
  );
  if (props.linked.length === 0 && free.length === 0) return null;
  return (
    <section aria-labelledby="providers">
      <h2 id="providers">{t("security.providers")}</h2>
      <ul className={rowClasses.rows}>
        {props.linked.map((each) => (
          <li key={each.provider_id} className={css["row"]}>
            <span className={rowClasses.pic} data-on>
              <IconExternalLink size={17} stroke={1.7} aria-hidden />
            </span>
            <div>
              <b>{each.name}</b>
              <small>{t("security.since", { time: format.date(each.linked_at) })}</small>
            </div>
            <Button
              kind="quiet"
              icon={IconUnlink}
              loading={unlink.isPending && unlink.variables === each.provider_id}
              onClick={() => unlink.mutate(each.provider_id)}
            >
              {t("security.unlink")}
            </Button>
          </li>
        ))}
      </ul>
      <div className={css["acts"]}>
        {free.map(({ id, name }) => (
          <Button
            key={id}
            icon={IconExternalLink}
            loading={link.isPending && link.variables === id}
            onClick={() => link.mutate(id)}
          >
            {t("security.link", { name })}
          </Button>
        ))}
      </div>
      <Refusal error={link.error ?? unlink.error} />
    </section>
  );
}
