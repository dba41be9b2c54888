// Words of the way in: signing in, invitations, new passwords, and the proof of who it is.

export const signin = {
  title: "Sign in",
  lead: "To files, workspaces and the log of this server.",
  lead_next: "Then straight back to where this link leads.",
  name: "Name",
  password: "Password",
  show_password: "Show password",
  submit: "Sign in",
  with_passkey: "Continue with a passkey",
  with_provider: "Continue with {name}",
  or_password: "or with a password",
  stay: "Stay signed in on this device",
  stay_hint: "Only on a device that nobody else uses.",
  failed: "Signing in did not work. Try again or choose another way.",
  second_title: "One more step",
  second_passkey: "With the fingerprint, face, PIN or security key of this account.",
  second_totp: "With the code that the authenticator app shows now.",
  second_recovery_code: "With one of the codes that were kept for this case.",
  second_none: "This browser cannot use any of the ways that are left. Try another one.",
  use_passkey: "Use the passkey",
  recovery_code: "Recovery code",
  recovery_hint: "Each code works once.",
  instead_passkey: "Use a passkey",
  instead_totp: "Use the code of an app",
  instead_recovery_code: "Use a recovery code",
  back: "Start again",
  setup_open_title: "This server has no administrator",
  setup_open_text:
    "Open the one-time link that the program printed when it started. It makes the first account.",
};

export const connect = {
  title: "A program asks to be let in",
  lead: "It wants to come in as {name}.",
  asked: "It asked on {time}.",
  asked_from: "It asked from {address} on {time}.",
  gets: "It would get an app password: it could read, change and delete all files that this account can.",
  warning:
    "Only go on if this program was started just now, by the same person. Somebody else could have sent this link.",
  admit: "Let it in",
  refuse: "Do not let it in",
  done_title: "The program is in",
  done_text:
    "This window can be closed. The app password is listed under Account, Tokens, and can be revoked there.",
  invalid_title: "Nothing is waiting here",
  invalid_text: "This link is used, or its time is over. Start again in the program.",
  to_files: "To Carrel",
};

export const join = {
  title: "An invitation to Carrel",
  title_by: "{name} invites to Carrel",
  lead: "The account begins as: {roles}. The link leads here until {until}.",
  submit: "Make the account",
  invalid_title: "This link does not lead anywhere",
  invalid_text: "An invitation works once and for some days. Whoever sent it can make a new one.",
};

export const reset = {
  title_for: "A new password for {name}",
  title: "A new password",
  lead: "It ends all sessions of this account. Passkeys and the authenticator app stay as they are.",
  password: "New password",
  submit: "Set the password",
  done_title: "The new password counts from now on",
  done_text: "All sessions of this account were ended.",
  invalid_text: "A link for a new password works once and for a day. An administrator can make another one.",
};

export const proof = {
  title: "Confirm that it is you",
  text_elevation: "This belongs to administration. The confirmation counts for 15 minutes.",
  text_confirmation: "The last sign-in was a while ago, and this changes how the account is protected.",
  with_passkey: "Confirm with a passkey",
  or: "or",
  code: "Code of the app",
  code_hint: "Six digits from the authenticator app",
  confirm: "Confirm",
  password_wrong: "This is not the password of this account.",
  to_security: "To account security",
};

export const enrolment = {
  title: "A second factor is needed",
  lead: "The role of this account asks for {what}. Everything else opens once it is there.",
  what_any: "a passkey or an authenticator app",
  what_passkey: "a passkey",
  due: "This account needs {what}. From {time} on nothing else opens without it.",
  soon: "This account needs {what}.",
  set_up: "Set it up",
};
