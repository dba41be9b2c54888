// A dialog with a title, a body and its buttons. Escape and the cross close it; the focus goes back afterwards.
import { Modal } from "@mantine/core";
import { useLayoutEffect, useState, type ReactNode, type RefObject } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./dialog.module.css";

export function Dialog(props: {
  title: string;
  onClose: () => void;
  size?: number;
  children: ReactNode;
  acts?: ReactNode;
  /** What has the focus afterwards; without it, what had it before. */
  returnTo?: RefObject<HTMLElement | null>;
}) {
  const { t } = useI18n();
  const { returnTo } = props;
  const [before] = useState(() => document.activeElement);
  // In the same step in which the dialog leaves the page: a key that is pressed next is not lost.
  useLayoutEffect(
    () => () => {
      const target = returnTo?.current ?? before;
      if (target instanceof HTMLElement && target.isConnected) target.focus({ preventScroll: true });
    },
    [returnTo, before],
  );
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 440}
      overlayProps={{ color: "var(--scrim)", backgroundOpacity: 1 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
      classNames={{
        title: css["title"] ?? "",
        content: css["content"] ?? "",
        header: css["header"] ?? "",
        body: css["body"] ?? "",
      }}
    >
      {props.children}
      {props.acts ? <div className={css["acts"]}>{props.acts}</div> : null}
    </Modal>
  );
}
