import type { Messages } from "./i18n";
import * as general from "./de/general";
import * as files from "./de/files";
import * as log from "./de/log";
import * as workspace from "./de/workspace";

export const de: Messages = { ...general, ...files, ...log, ...workspace };
