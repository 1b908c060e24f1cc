-- What a seal covers, event by event: the place (8 bytes) and the SHA-256 of each event (32 bytes).
-- The signed digest is taken over these bytes, so a wrong event is found by its place.
ALTER TABLE audit_seals ADD COLUMN leaves BLOB NOT NULL DEFAULT x'';

-- Public halves outlive their keys: old seals are verified when the key is long retired.
CREATE TABLE seal_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL
);

-- When a key began to make what is new, where that was later than its making.
ALTER TABLE key_checks ADD COLUMN active_since BIGINT;
