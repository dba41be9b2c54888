import * as account from "./en/account";
import * as admin from "./en/admin";
import * as entry from "./en/entry";
import * as general from "./en/general";
import * as files from "./en/files";
import * as log from "./en/log";
import * as spaces from "./en/spaces";
import * as workspace from "./en/workspace";

export const en = { ...general, ...entry, ...account, ...admin, ...files, ...log, ...spaces, ...workspace };
