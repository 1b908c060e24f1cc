-- Entry links, over which clients type their passphrases themselves. They are deleted a day later.

CREATE TABLE entry_links (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    client_id TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES staff (id),
    made_at BIGINT NOT NULL,
    signed_on TEXT NOT NULL,
    -- keyed hashes of the code, and of the token that it was exchanged for
    code_index BLOB NOT NULL,
    token_index BLOB,
    expires_at BIGINT NOT NULL,
    opened_at BIGINT,
    -- completions that were tried
    tries INTEGER NOT NULL,
    -- why it ended before its time; null where it did not
    ended_because TEXT
);
CREATE UNIQUE INDEX entry_links_by_code ON entry_links (code_index);
CREATE UNIQUE INDEX entry_links_by_token ON entry_links (token_index) WHERE token_index IS NOT NULL;
CREATE INDEX entry_links_of_application ON entry_links (application_id, made_at);
CREATE INDEX entry_links_by_age ON entry_links (made_at);
