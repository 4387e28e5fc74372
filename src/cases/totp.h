// SPDX-License-Identifier: Apache-2.0
//
// Codes of the second factor (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds, as every authenticator
// has it) and recovery codes for a lost one. Pure functions; what was used is kept by the caller.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOTP_SECRET_BYTES 20u
#define TOTP_DIGITS 6u
#define TOTP_STEP_SECONDS 30
#define TOTP_WINDOW 1 // steps before and after the present one that are taken as well

void totp_secret_new(uint8_t ret_secret[TOTP_SECRET_BYTES]);

// What an authenticator reads: otpauth://totp/ISSUER:ACCOUNT?secret=… Newly allocated; it holds the
// secret.
char *totp_uri(const uint8_t secret[TOTP_SECRET_BYTES], const char *issuer, const char *account);

// The code of a step, that is, of so many times 30 seconds since 1970.
void totp_code(const uint8_t secret[TOTP_SECRET_BYTES], int64_t step,
               char ret_code[TOTP_DIGITS + 1]);
int64_t totp_step_of(int64_t now_us);

// Whether a typed text could be a code of the authenticator at all: six digits.
bool totp_is_code(const char *text);

// The steps within the window whose code it is, at most 2 * TOTP_WINDOW + 1; returns their number.
size_t totp_match(const uint8_t secret[TOTP_SECRET_BYTES], const char *code, int64_t now_us,
                  int64_t ret_steps[2 * TOTP_WINDOW + 1]);

// Recovery codes: 80 random bits as "abcd-efgh-ijkl-mnop".
#define RECOVERY_CODES 8u
#define RECOVERY_CODE_LENGTH 19u
#define RECOVERY_HASH_BYTES 32u

void recovery_code_new(char ret_code[RECOVERY_CODE_LENGTH + 1]);

// The hash that is kept of a code. Case, spaces and dashes do not matter. False when the text is no
// such code.
bool recovery_code_hash(const char *text, uint8_t ret_hash[RECOVERY_HASH_BYTES]);
