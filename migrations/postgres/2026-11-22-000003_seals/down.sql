ALTER TABLE key_checks DROP COLUMN active_since;
DROP TABLE seal_keys;
ALTER TABLE audit_seals DROP COLUMN leaves;
