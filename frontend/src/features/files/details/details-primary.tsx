// The one button of the details: what one most likely wants with what they are about.
import type { Node } from "@/api/model";
import { ActionButton } from "@/components/button";
import { mediaKind } from "../viewer/media";
import type { FileActions } from "../use-file-actions";

export function DetailsPrimary(props: { actions: FileActions; one: Node | undefined }) {
  const { actions, one } = props;
  if (one?.kind === "file" && mediaKind(one)) {
    return (
      <>
        <ActionButton action={actions.view} kind="primary" />
        <ActionButton action={actions.download} />
      </>
    );
  }
  const action =
    one?.kind === "file" ? actions.download : one ? actions.workspaceSelected[0] : actions.workspaceHere[0];
  return action ? <ActionButton action={action} kind="primary" /> : null;
}
