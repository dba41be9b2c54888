import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useI18n } from "@/lib/i18n/i18n";
import { Button } from "./button";

export function CopyButton(props: { text: string; label?: string; size?: "small" | "normal" }) {
  const { t } = useI18n();
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <Button
      size={props.size ?? "normal"}
      icon={clipboard.copied ? IconCheck : IconCopy}
      onClick={() => clipboard.copy(props.text)}
    >
      <span aria-live="polite">
        {clipboard.copied ? t("common.copied") : (props.label ?? t("common.copy"))}
      </span>
    </Button>
  );
}
