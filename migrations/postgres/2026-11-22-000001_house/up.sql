-- Times are microseconds since 1970-01-01 UTC, dates YYYY-MM-DD.
-- Columns of type BYTEA named *_encrypted hold encrypted values, bound to their table, column and row.

CREATE TABLE branches (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    city TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name_encrypted BYTEA NOT NULL,
    role TEXT NOT NULL,
    branch_code TEXT REFERENCES branches (code),
    is_active BOOLEAN NOT NULL,
    password_hash TEXT NOT NULL,
    -- the end of a one-time password's time; null once its owner has changed it
    one_time_until BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_of_staff ON sessions (staff_id) WHERE ended_at IS NULL;

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    client_number TEXT NOT NULL UNIQUE,
    family_name_encrypted BYTEA NOT NULL,
    -- null for a person who has one name alone
    given_name_encrypted BYTEA,
    patronymic_encrypted BYTEA,
    phone_encrypted BYTEA NOT NULL,
    phone_index BYTEA NOT NULL,
    -- the loan system's own time of what it last sent; null where only a branch knows the client
    as_of BIGINT,
    created_at BIGINT NOT NULL,
    -- what the loan system last pushed, where a branch has amended the client since
    last_push_encrypted BYTEA
);
CREATE INDEX clients_by_phone ON clients (phone_index);

CREATE TABLE passphrases (
    client_id TEXT NOT NULL PRIMARY KEY REFERENCES clients (id),
    state TEXT NOT NULL,
    hash TEXT,
    fold_version INTEGER NOT NULL,
    exact_tag BYTEA,
    -- one more with every setting, so that an attempt settles only what it was counted on
    generation BIGINT NOT NULL,
    failed_attempts INTEGER NOT NULL,
    locked_until BIGINT,
    set_at BIGINT NOT NULL,
    application_id TEXT NOT NULL
);

-- Attempts that are counted and whose words are not known yet; each goes when it is settled, taken back,
-- or given up as lost with the instance that counted it.
CREATE TABLE attempts (
    -- the id of the verification that will record it
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    -- of the passphrase that it is counted on
    generation BIGINT NOT NULL,
    -- which of the failures in a row it is, from 1; 0 once a success behind it has cleared it
    place INTEGER NOT NULL,
    staff_id TEXT NOT NULL,
    call_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    counted_at BIGINT NOT NULL
);
CREATE INDEX attempts_of_client ON attempts (client_id);

CREATE TABLE applications (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id),
    branch_code TEXT NOT NULL,
    drafted_by TEXT NOT NULL,
    drafted_at BIGINT NOT NULL,
    identity_document TEXT NOT NULL,
    representative_encrypted BYTEA,
    progress TEXT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT,
    signed_on TEXT,
    cancel_reason TEXT
);
CREATE INDEX applications_of_client ON applications (client_id, drafted_at);
CREATE UNIQUE INDEX one_draft_a_client ON applications (client_id) WHERE progress = 'draft';

CREATE TABLE verifications (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    call_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    expires_at BIGINT,
    closed_at BIGINT,
    attempts_left INTEGER,
    locked_until BIGINT
);
CREATE INDEX open_verifications ON verifications (client_id, staff_id)
    WHERE outcome = 'verified' AND closed_at IS NULL;

-- No foreign key to the client: the one way in looks the client up in the same transaction, and clients
-- are never removed. The check would cost as much as the rest of the insert.
CREATE TABLE loans (
    ticket_number TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    product TEXT NOT NULL,
    due_on TEXT NOT NULL,
    balance_minor_units BIGINT NOT NULL,
    currency TEXT NOT NULL,
    grace_days INTEGER,
    is_open BOOLEAN NOT NULL,
    as_of BIGINT NOT NULL
);
CREATE INDEX loans_of_client ON loans (client_id);
-- How old the newest loan is, for monitoring.
CREATE INDEX loans_by_as_of ON loans (as_of);

CREATE TABLE audit_events (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id TEXT,
    actor_login TEXT,
    actor_role TEXT,
    action TEXT NOT NULL,
    client_id TEXT,
    subject_id TEXT,
    call_id TEXT,
    outcome TEXT,
    reason TEXT,
    -- facts beside the reason: a JSON object in its one canonical form
    details TEXT,
    request_id TEXT NOT NULL,
    remote TEXT
);
CREATE INDEX audit_events_of_client ON audit_events (client_id, seq) WHERE client_id IS NOT NULL;
CREATE INDEX audit_events_of_actor ON audit_events (actor_id, seq) WHERE actor_id IS NOT NULL;

CREATE TABLE audit_seals (
    number BIGINT NOT NULL PRIMARY KEY,
    last_seq BIGINT NOT NULL,
    events BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    sealed_at BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    signature BYTEA NOT NULL
);

-- What follows is reached through the door of the counters, never by a story's own write.

CREATE TABLE idempotency_records (
    id TEXT NOT NULL PRIMARY KEY,
    fingerprint BYTEA NOT NULL,
    started_at BIGINT NOT NULL,
    renewed_at BIGINT NOT NULL,
    claimed_by TEXT NOT NULL,
    answer_encrypted BYTEA
);
CREATE INDEX idempotency_records_by_age ON idempotency_records (started_at);

CREATE TABLE rate_windows (
    subject TEXT NOT NULL PRIMARY KEY,
    hits TEXT NOT NULL,
    last_hit BIGINT NOT NULL
);

-- Sign-ins that the throttle refused, by the blind value of the login and the door, until an event
-- tells how many there were within a minute.
CREATE TABLE throttled_sign_ins (
    login TEXT NOT NULL,
    action TEXT NOT NULL,
    since BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    staff_id TEXT,
    request_id TEXT NOT NULL,
    remote TEXT,
    PRIMARY KEY (login, action, since)
);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    -- empty where it was let go
    holder TEXT NOT NULL,
    -- grows with every change of hands: what was begun under an older one no longer counts
    term BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE key_checks (
    key_id TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    check_value TEXT NOT NULL
);
