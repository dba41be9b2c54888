// A dialog with a title, a body and its buttons. Escape and the cross close it; the focus goes back afterwards.
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./dialog.module.css";

export function Dialog(props: {
  title: string;
  onClose: () => void;
  size?: number;
  children: ReactNode;
  acts?: ReactNode;
}) {
  const { t } = useI18n();
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
