// SPDX-License-Identifier: Apache-2.0
import { plural } from "../plural.ts";

const characters = plural("en", { one: "character", other: "characters" });

export const signIn = {
    title: "Sign in",
    name: "Name",
    password: "Password",
    code: "Code of your authenticator",
    codeHint: "Six digits, or one of your recovery codes.",
    submit: "Sign in",
    ended: "Your session has ended. Sign in to go on where you were; decisions that were not sent yet are kept.",
    notReady: "This server has no administrator yet. Open the address that it printed when it was started first.",
    link: {
        title: "Signing in",
        opening: "Opening the one-time link …",
        failed: "This link does not open anything. Each is good once and for a few minutes.",
        toSignIn: "Sign in with a password",
    },
    invitation: {
        title: "Your account",
        hello: (display: string, name: string) => `Welcome, ${display}. Your name for signing in is ${name}.`,
        failed: "This invitation does not open anything. It may have been used, or have ended; ask for a new one.",
        authenticator: "1. Your authenticator",
        authenticatorHint:
            "Enter this key into an authenticator app on your telephone (time-based, six digits), or open the address on that device.",
        key: "Key",
        address: "Open in an authenticator on this device",
        password: "2. A password",
        passwordHint: (least: number) => `At least ${characters(least)}. A few unrelated words are easy to remember.`,
        repeat: "The same password again",
        unequal: "The two passwords differ.",
        code: "3. A code from the authenticator",
        submit: "Set up the account",
        done: "Your account is ready",
        recovery:
            "Keep these codes on paper in a safe place. Each opens your account once when the authenticator is lost. They are not shown again.",
        toSignIn: "Sign in",
    },
};
