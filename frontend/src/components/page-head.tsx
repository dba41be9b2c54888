// A page says here where it is: its title for the browser and its breadcrumbs for the top bar.
import { Menu, Portal } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { Link, type LinkProps } from "@tanstack/react-router";
import { Fragment, createContext, useContext, useEffect, type ReactNode } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { menuClasses } from "./menu";
import css from "./page-head.module.css";

/** The element of the shell that takes the breadcrumbs. */
export const PageHeadSlot = createContext<HTMLElement | null>(null);

export interface Crumb {
  label: string;
  link?: Pick<LinkProps, "to" | "params" | "search">;
  /** The folder that it stands for: items can be dropped on it. */
  folder?: string;
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Carrel` : "Carrel";
  }, [title]);
}

export function PageHead(props: { title: string; crumbs?: readonly Crumb[]; children?: ReactNode }) {
  const slot = useContext(PageHeadSlot);
  useTitle(props.title);
  if (!slot) return null;
  return (
    <Portal target={slot}>
      {props.crumbs ? <Crumbs items={props.crumbs} /> : null}
      {props.children}
    </Portal>
  );
}

const shown = 4;

export function Crumbs(props: { items: readonly Crumb[] }) {
  const { t } = useI18n();
  const { items } = props;
  const parent = items.at(-2);
  const hidden = items.length > shown ? items.slice(1, items.length - 2) : [];
  const visible = hidden.length > 0 ? [...items.slice(0, 1), null, ...items.slice(-2)] : items;
  return (
    <nav className={css["crumbs"]} aria-label={t("shell.breadcrumbs")}>
      {parent?.link ? (
        <Link {...parent.link} className={css["up"]} aria-label={t("shell.up_to", { name: parent.label })}>
          <IconChevronLeft size={20} stroke={1.8} aria-hidden />
        </Link>
      ) : null}
      <ol>
        {visible.map((item, index) => {
          const last = index === visible.length - 1;
          return (
            <Fragment key={item ? `${index}-${visibleName(item.label)}` : "hidden"}>
              {index > 0 ? (
                <li className={css["slash"]} aria-hidden>
                  /
                </li>
              ) : null}
              <li
                className={last ? css["here"] : css["above"]}
                {...(item?.folder && !last
                  ? { "data-folder": item.folder, "data-folder-name": item.label }
                  : {})}
              >
                {item === null ? (
                  <Menu classNames={menuClasses} position="bottom-start">
                    <Menu.Target>
                      <button type="button" className={css["more"]} aria-label={t("shell.more_folders")}>
                        …
                      </button>
                    </Menu.Target>
                    <Menu.Dropdown>
                      {hidden.map((crumb, i) => (
                        <Menu.Item key={i} component={Link} {...(crumb.link as object)}>
                          {visibleName(crumb.label)}
                        </Menu.Item>
                      ))}
                    </Menu.Dropdown>
                  </Menu>
                ) : last || !item.link ? (
                  <span
                    aria-current={last ? "page" : undefined}
                    title={visibleName(item.label)}
                    className="cut"
                  >
                    {visibleName(item.label)}
                  </span>
                ) : (
                  <Link {...item.link} title={visibleName(item.label)} className="cut">
                    {visibleName(item.label)}
                  </Link>
                )}
              </li>
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}
