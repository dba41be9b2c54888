// The frame of a page that is worked on: a sentence with the main act, and below it a list with what is open beside it.
import type { ReactNode } from "react";
import css from "./work-page.module.css";

export function WorkPage(props: {
  /** Title and breadcrumbs, for the frame around the page. */
  head: ReactNode;
  /** The sentence: a heading, and perhaps a line below it. */
  heading: ReactNode;
  acts?: ReactNode;
  /** The list, and what is open beside it. */
  children: ReactNode;
}) {
  return (
    <div className={css["page"]}>
      {props.head}
      <header className={css["head"]}>
        <div>{props.heading}</div>
        {props.acts ? <div className={css["acts"]}>{props.acts}</div> : null}
      </header>
      <div className={css["split"]}>{props.children}</div>
    </div>
  );
}

/** The line below the heading. */
export function WorkPageText(props: { children: ReactNode }) {
  return <p className={css["text"]}>{props.children}</p>;
}
