// The frame of a page of administration: a sentence, the main act, what is on it. Without the right it is not there.
import type { ReactNode } from "react";
import type { Me } from "@/api/model";
import { useMe } from "@/api/queries";
import { PageHead } from "@/components/page-head";
import { NotFoundState } from "@/components/states";
import { WorkPage, WorkPageText } from "@/components/work-page";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./admin.module.css";

export function AdminPage(props: {
  title: string;
  heading: ReactNode;
  text?: string;
  acts?: ReactNode;
  /** Beside the content. */
  side?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useI18n();
  return (
    <WorkPage
      head={
        <PageHead
          title={props.title}
          crumbs={[{ label: t("shell.admin"), link: { to: "/admin" } }, { label: props.title }]}
        />
      }
      heading={
        <>
          <h1>{props.heading}</h1>
          {props.text ? <WorkPageText>{props.text}</WorkPageText> : null}
        </>
      }
      acts={props.acts}
    >
      <div className={css["main"]}>{props.children}</div>
      {props.side}
    </WorkPage>
  );
}

/** Asks nothing of the server for who has no right to the answer. */
export function Needs(props: { ability: keyof Me["abilities"]; children: ReactNode }) {
  const { t } = useI18n();
  const me = useMe();
  if (me.abilities[props.ability]) return props.children;
  return (
    <>
      <PageHead title={t("states.not_found_title")} />
      <NotFoundState />
    </>
  );
}
