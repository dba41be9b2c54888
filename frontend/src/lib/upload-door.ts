// How a page that is not the file list gives files to the one upload queue. The frame fills it.
import { createContext, useContext } from "react";

type Upload = (folderId: string, files: FileList) => void;

const Context = createContext<Upload | null>(null);

export const UploadDoor = Context.Provider;

export function useUpload(): Upload | null {
  return useContext(Context);
}
