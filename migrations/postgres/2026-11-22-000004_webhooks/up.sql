-- Receivers of webhooks, the secrets that sign for them, and the outbox.

CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    -- sealed, since receivers put tokens into addresses
    url_encrypted BYTEA NOT NULL,
    -- words with a space between; null for every event
    events TEXT,
    description TEXT,
    is_active BOOLEAN NOT NULL,
    -- why it is not active: 'admin' or 'gone'
    disabled_because TEXT,
    created_at BIGINT NOT NULL,
    -- until when it asked to be left alone (Retry-After); null where it did not
    rests_until BIGINT
);

CREATE TABLE webhook_secrets (
    id TEXT NOT NULL PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    secret_encrypted BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- until when a rotated one still signs; null for the current one
    expires_at BIGINT
);
CREATE INDEX webhook_secrets_of_endpoint ON webhook_secrets (endpoint_id);

-- No foreign key to the endpoint: its removal must never be in the way of a change of a passphrase.
CREATE TABLE webhook_deliveries (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    event TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- 'pending', 'delivered' or 'dead'
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_at BIGINT,
    last_status INTEGER,
    last_error TEXT,
    -- the context of the trace of what it reports, where one was collected
    traceparent TEXT
);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, client_id, seq)
    WHERE state = 'pending';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_at)
    WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, seq);
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (seq) WHERE state = 'dead';
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (last_at) WHERE state = 'delivered';
