-- SPDX-License-Identifier: Apache-2.0
-- Units, accounts and what proves who somebody is. Secrets are sealed under keys that lie outside of
-- the database or are kept as hashes of random values: who steals the database can log in nowhere.
-- Times are microseconds since 1970, UTC.

CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,
    agency TEXT NOT NULL,
    country TEXT NOT NULL,                         -- two capital letters (ISO 3166-1)
    contact TEXT NOT NULL,                         -- given to those who hold a picture known here
    state TEXT NOT NULL CHECK (state IN ('active', 'closed')),
    made_us INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,                     -- what is typed to log in; never changes
    display TEXT NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    roles INTEGER NOT NULL,                        -- bits, see cases/permission.h
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'closed')),
    made_us INTEGER NOT NULL,
    closed_us INTEGER
) STRICT;
CREATE INDEX account_by_unit ON account (unit_id);

-- Row of an account that has accepted its invitation; id is the account's. Sealed under the master
-- key for this row alone, so that a row copied to another account opens nothing there.
CREATE TABLE account_secret (
    id INTEGER PRIMARY KEY REFERENCES account (id),
    seq INTEGER NOT NULL,
    password_sealed BLOB NOT NULL,                 -- Argon2id with its parameters
    totp_sealed BLOB NOT NULL,
    password_us INTEGER NOT NULL,                  -- when it was set
    totp_us INTEGER NOT NULL
) STRICT;

-- Codes on paper for a lost telephone. A used one stays as a row, so that it is never used again.
CREATE TABLE recovery_code (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id),
    hash BLOB NOT NULL UNIQUE,
    made_us INTEGER NOT NULL,
    used_us INTEGER
) STRICT;
CREATE INDEX recovery_code_by_account ON recovery_code (account_id);

CREATE TABLE token (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    scopes INTEGER NOT NULL,                       -- bits, see cases/tokens.h
    case_id INTEGER,                               -- good for this case alone
    made_us INTEGER NOT NULL,
    ends_us INTEGER NOT NULL,
    revoked_us INTEGER
) STRICT;
CREATE INDEX token_by_account ON token (account_id);

-- One key for each object that can be made unreadable: what was sealed under it is lost, wherever a
-- copy lies, once the row is gone.
CREATE TABLE object_key (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,                            -- what it seals: preview, victim, contact …
    object_id INTEGER NOT NULL,
    wrapped BLOB NOT NULL,                         -- under a master key
    made_us INTEGER NOT NULL,
    UNIQUE (kind, object_id)
) STRICT;

-- ---- Not on record: state that comes and goes ---------------------------------------------------

CREATE TABLE session (
    id_hash BLOB PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    made_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL,
    ends_us INTEGER NOT NULL,
    second_factor_us INTEGER NOT NULL,             -- 0: none yet
    address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_account ON session (account_id);

-- One at a time for an account: a new one takes the place of the old.
CREATE TABLE invitation (
    hash BLOB PRIMARY KEY,
    account_id INTEGER NOT NULL UNIQUE REFERENCES account (id),
    made_us INTEGER NOT NULL,
    ends_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A second factor that was shown and not yet confirmed by a code.
CREATE TABLE enrolment (
    account_id INTEGER PRIMARY KEY REFERENCES account (id),
    totp_sealed BLOB NOT NULL,
    made_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Steps of 30 seconds whose code was accepted: each once, also when the clock went back meanwhile.
CREATE TABLE totp_use (
    account_id INTEGER NOT NULL REFERENCES account (id),
    step INTEGER NOT NULL,
    PRIMARY KEY (account_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE token_use (
    token_id INTEGER PRIMARY KEY REFERENCES token (id),
    day INTEGER NOT NULL                           -- days since 1970
) STRICT, WITHOUT ROWID;

-- Failed logins by kind of counter. who is a keyed hash: names typed by mistake are passwords often.
CREATE TABLE login_attempt (
    kind TEXT NOT NULL,
    who BLOB NOT NULL,
    failures INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    PRIMARY KEY (kind, who)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_attempt_by_time ON login_attempt (kind, last_us);

-- The reply to a write that was already done, by the key its client gave it.
CREATE TABLE idempotency (
    account_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    request_sha256 BLOB NOT NULL,
    status INTEGER NOT NULL,
    reply TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_time ON idempotency (made_us);
