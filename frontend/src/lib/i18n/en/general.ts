// Words of the frame: common buttons, places, states and refusals.

export const common = {
  close: "Close",
  cancel: "Cancel",
  undo: "Undo",
  copy: "Copy",
  copied: "Copied",
};

export const shell = {
  skip: "Skip to content",
  places: "Places",
  brand_home: "Carrel, home",
  home: "Home",
  files: "Files",
  workspaces: "Workspaces",
  log: "Log",
  account: "Account",
  personal_space: "Personal",
  used: "{size} used",
  breadcrumbs: "Where this is",
  more_folders: "More folders",
  up_to: "Up to {name}",
  palette: "Go, do, find",
  palette_terminal: "Go, do, find, also from a terminal",
  palette_hint: "Go, do, find",
  palette_none: "Nothing here does “{query}”.",
  shortcuts: "Keyboard shortcuts",
  group_go: "Go to",
  group_spaces: "Spaces",
  group_general: "Everywhere",
  group_look: "Look",
  theme_light: "Use the light theme",
  theme_dark: "Use the dark theme",
  theme_auto: "Follow the system’s theme",
  light: "Light",
  dark: "Dark",
  auto: "As the system",
  language: "Language",
  sign_out: "Sign out",
  user_menu: "{name}, menu",
  key_lists: "Lists and trees",
  key_move: "Up",
  key_move_down: "Down",
  key_extend: "Widen the selection",
  key_select: "Select or leave out",
  key_open: "Open",
  key_back: "One step back",
};

export const states = {
  retry: "Try again",
  error_title: "This did not work",
  offline_title: "The server cannot be reached",
  offline_bar: "No network. What is open stays; changes wait.",
  not_found_title: "There is nothing here",
  not_found_text: "It was moved or deleted, or it was never shared with this account.",
  to_home: "Go home",
  request_id: "Request {id}",
};

/** By code. Codes that are not here keep the server’s own sentence. */
export const problems = {
  offline: "No answer came. The server may be down, or the network is.",
  unreadable_answer: "The server’s answer could not be read. It may be of another version: reload the page.",
  server: "The server failed at this. It is not because of anything entered here.",
  unknown: "Something unexpected happened: {message}",
  credentials_invalid: "Name and password do not fit together.",
  not_signed_in: "This session has ended. Sign in again.",
  name_taken: "This name is taken here.",
  name_invalid: "Names have 1 to 255 bytes and no “/”; “.” and “..” are not names.",
  version_changed: "Someone saved a newer version in the meantime.",
  not_found: "It is no longer there.",
  file_too_large: "This file is too large for the editor. Download it from Files.",
  file_changed: "This file changed in the meantime.",
  content_cut_off: "The upload was cut off.",
  content_hash_mismatch: "The file arrived damaged.",
  content_too_large: "This file is too large for this server.",
  cross_site: "The request came from another site. Open Carrel itself and try again.",
  disk_full: "The server has no room left.",
  folder_inside_itself: "A folder cannot be moved into itself.",
  link_invalid: "This link is not valid.",
  password_too_short: "At least 15 characters.",
  too_many_requests: "Too many attempts. Wait a little.",
  unavailable: "A part of the server is not ready. Try again in a moment.",
  user_name_invalid: "Up to 64 letters, digits, “.”, “-” and “_”.",
  workspace_busy: "The workspace is starting or stopping. Try again in a moment.",
  workspace_not_ready: "The workspace is not running.",
  cloud_unreachable: "The files cannot be reached at the moment.",
  volume_full: "The workspace has no room left on its volume.",
  folder_gone:
    "The folder is gone, or it may not be used any more. What was not saved yet is kept on the workspace’s volume.",
  read_only: "This role allows looking at the workspace, not changing it.",
  not_admitted: "The way into this workspace has expired. Open it again.",
  session_ended: "The access to this workspace has ended. Open it again from Files.",
  session_unused: "This page was not used for a long time.",
  wrong_kind: "It is of another kind than expected, a folder or a link perhaps.",
  path_invalid: "Names have 1 to 255 bytes; “.” and “..” are not names.",
  too_many_sockets: "This browser has too many connections to the workspace open.",
  ticket_invalid: "The way into this workspace has expired. Open it again.",
};

export const names = {
  empty: "A name is needed.",
  dots: "“.” and “..” are not names.",
  slash: "A name cannot have a “/” in it.",
  long: "This name is too long: at most 255 bytes.",
  empty_part: "Between two “/”, and before and after them, a name is needed.",
  dots_part: "“.” and “..” cannot be in a path: the file stays in the workspace’s folder.",
};

/** Why a sandbox is not running, by code: the one place of these sentences, see lib/cause-text. */
export const causes = {
  out_of_memory: "The workspace used more memory than it may and was ended. Its files are kept.",
  exited: "The workspace ended by itself. Its files are kept.",
  ended: "The workspace has ended for an unknown reason. Its files are kept.",
  not_reported: "Nothing was heard of the sandbox for a while. Opening the workspace shows how it is.",
  busy: "It was starting or stopping already. Open it again in a moment.",
  docker_unavailable: "Docker, which runs the sandboxes of this server, does not answer.",
  runner_unreachable: "The runner, which starts sandboxes, cannot be reached.",
  image_missing: "The image that sandboxes start from is not on this server.",
  volume_failed: "Its volume could not be made or used.",
  agent_failed: "The sandbox started, but the program in it did not answer.",
  not_trusted: "The parts of the server did not accept each other’s orders. Their clocks or keys may differ.",
  limits: "This server does not allow a sandbox with these limits.",
  internal: "The server failed at this. It is not because of anything in the workspace.",
  other: "It is not running because of “{code}”.",
};

export const signin = {
  title: "Sign in",
  lead: "To files, workspaces and the log of this server.",
  lead_next: "Then straight back to where this link leads.",
  name: "Name",
  password: "Password",
  show_password: "Show password",
  submit: "Sign in",
  setup_open_title: "This server has no administrator",
  setup_open_text:
    "Open the one-time link that the program printed when it started. It makes the first account.",
};

export const setup = {
  title: "Set up Carrel",
  account_title: "The first account",
  account_text:
    "It can see and change everything on this server. Everyday work is better done with a second account.",
  display_name: "Full name",
  display_name_hint: "As others see it",
  name: "Name for signing in",
  name_hint: "Short, without spaces",
  password: "Password",
  strength: "Length of the password",
  password_hint: "At least {count} characters. A few unrelated words are easy to keep and hard to guess.",
  password_short: { one: "One more character", other: "{count} more characters" },
  password_repeats: "Long enough, but it repeats itself: use more different characters.",
  password_name: "Long enough only with a name in it: names are guessed first.",
  password_good: "{count} characters: long enough",
  submit: "Make the account",
  invalid_title: "This link does not lead anywhere",
  invalid_text:
    "A set-up link works once and for an hour. Restart the program: it prints a new one as long as there is no administrator.",
  done_text: "This server has its administrator already.",
  to_sign_in: "Sign in",
};

export const home = {
  hello: "Good to see you, {name}.",
  running: { one: "{names} is running.", other: "{count} workspaces are running: {names}." },
  started: "Started",
  continue: "Continue",
  all_workspaces: "All workspaces",
  workspace_of_folder: "Workspace of a folder",
  only_you: "Only you",
  team: "Team",
  health: "State of the server",
  health_wrong: {
    one: "One part of the server needs attention",
    other: "{count} parts of the server need attention",
  },
};

export const account = {
  profile: "Profile",
  theme: "Theme",
  save_name: "Save name",
  session: "This session",
  session_until: "Signed in until {time}.",
  role_administrator: "Administrator",
  role_auditor: "Auditor",
  role_member: "Member",
  role_guest: "Guest",
};

export const workspaces = {
  state_running: "running",
  state_starting: "starting",
  state_stopped: "stopped",
  state_failed: "failed",
  state_unknown: "unknown",
  open: "Open",
  open_named: "Open {name}",
  since: "since",
  show_folder: "Show folder",
  remove: "Remove workspace",
  remove_title: "Remove the workspace {name}?",
  remove_text:
    "Its sandbox is stopped, and what lies only in it is lost: installed packages, build folders, running programs. The folder and its files stay.",
  more_for: "More for {name}",
  why_not_open: "Your role in this space does not allow it",
  why_not_remove: "Only those who manage the space can remove it",
  empty_title: "No workspaces yet",
  empty_text:
    "A workspace is an editor and a terminal on a folder. Choose the folder and open it as a workspace.",
  choose_folder: "Choose a folder",
};
