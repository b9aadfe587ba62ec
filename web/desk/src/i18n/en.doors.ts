// The ways into the desk beside e-mail and password, and what leads to administration, in English.

export const doors = {
  doors: {
    code: "Code from your authenticator app",
    codeHelp: "Six digits, or one of your recovery codes.",
    wrongCode: "That code is not right, or was used before. Wait for the next one.",
    other: "Sign in with another account",
    forgotten: "Forgotten your password?",
    or: "or",
    sso: (name: string) => `Sign in with ${name}`,
    ssoFailed: {
      denied: "Your company’s sign-in did not let you in. Try again.",
      expired: "That took too long, or was begun in another window. Try again.",
      no_account: "There is no account here for that address. Ask your administrator for an invitation.",
      unreachable: "Your company’s sign-in cannot be reached. Sign in with your password, or try again later.",
      untrusted: "What your company’s sign-in answered could not be trusted. Tell your administrator.",
      unverified: "Your company’s sign-in has not verified your address. Tell your administrator.",
    },
    inMinutes: (minutes: number) => `Too many attempts. Try again in ${minutes === 1 ? "1 minute" : `${minutes} minutes`}.`,
  },
  lazy: {
    loading: "Loading…",
    stale: "The desk has been updated",
    staleText: "This page belongs to a newer version. Reload: drafts and unsent messages are kept.",
    reload: "Reload",
    back: "Back to the conversations",
  },
  administration: {
    title: "Administration",
    account: "Your account",
    shortcut: "Administration",
  },
};
