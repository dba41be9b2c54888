// The browser's own fields for choosing files and folders, out of sight: buttons and shortcuts open them.
import type { ChangeEvent, RefObject } from "react";
import { collectInput, type Collected } from "./collect";

export function UploadInputs(props: {
  files: RefObject<HTMLInputElement | null>;
  folder: RefObject<HTMLInputElement | null>;
  onChosen: (collected: Collected) => void;
}) {
  const take = ({ currentTarget: field }: ChangeEvent<HTMLInputElement>) => {
    if (field.files) props.onChosen(collectInput(field.files));
    // The same file can be chosen again.
    field.value = "";
  };
  return (
    <>
      <input
        ref={props.files}
        type="file"
        multiple
        hidden
        aria-hidden
        data-testid="file-input"
        onChange={take}
      />
      <input
        ref={props.folder}
        type="file"
        hidden
        aria-hidden
        data-testid="folder-input"
        {...{ webkitdirectory: "" }}
        onChange={take}
      />
    </>
  );
}
