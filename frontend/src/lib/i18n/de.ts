import type { Messages } from "./i18n";
import * as account from "./de/account";
import * as admin from "./de/admin";
import * as entry from "./de/entry";
import * as general from "./de/general";
import * as files from "./de/files";
import * as log from "./de/log";
import * as spaces from "./de/spaces";
import * as workspace from "./de/workspace";

export const de: Messages = {
  ...general,
  ...entry,
  ...account,
  ...admin,
  ...files,
  ...log,
  ...spaces,
  ...workspace,
};
