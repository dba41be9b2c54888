import * as general from "./en/general";
import * as files from "./en/files";
import * as log from "./en/log";
import * as workspace from "./en/workspace";

export const en = { ...general, ...files, ...log, ...workspace };
