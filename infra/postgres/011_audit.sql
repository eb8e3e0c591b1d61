-- What operators do, and what they need for it. Idempotent.

-- Append only: who did what to whom, when, from where, and what came of it. Names as they were then, and no reference to users: who is
-- deleted has still done it.
CREATE TABLE IF NOT EXISTS audit_log (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    actor_id  uuid        NOT NULL,
    actor     text        NOT NULL,
    address   text        NOT NULL,
    action    text        NOT NULL,
    -- A kind and an id, as user/…, room/… or client/…; and its name where that is another thing.
    subject   text        NOT NULL,
    name      text        NOT NULL,
    detail    text        NOT NULL,
    outcome   text        NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_log_by_actor ON audit_log (actor_id, id);
CREATE INDEX IF NOT EXISTS audit_log_by_subject ON audit_log (subject, id);

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Why somebody is banned, and until when: for ever where that is null, as by hand in SQL.
ALTER TABLE users ADD COLUMN IF NOT EXISTS ban_reason text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS banned_until timestamptz;
CREATE INDEX IF NOT EXISTS users_banned_until ON users (banned_until) WHERE banned_until IS NOT NULL;

-- A ban that is over has left nothing that the next one would have.
CREATE OR REPLACE FUNCTION user_unbanned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ban_reason := NULL;
    NEW.banned_until := NULL;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER user_unbanned BEFORE UPDATE OF is_banned ON users
    FOR EACH ROW WHEN (OLD.is_banned AND NOT NEW.is_banned) EXECUTE FUNCTION user_unbanned();

-- Found by the beginning of a name, whatever the database's collation.
CREATE INDEX IF NOT EXISTS users_by_name ON users (name_key COLLATE "C");

-- Codes by which users who forgot their passwords set another one, each once. As SHA-256: a code is random, so it needs no salt.
CREATE TABLE IF NOT EXISTS password_resets (
    user_id    uuid        PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    code_hash  bytea       NOT NULL CONSTRAINT password_resets_code_key UNIQUE,
    expires_at timestamptz NOT NULL
);
