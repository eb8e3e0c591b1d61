-- What ends or changes a login, and who has to hear of it: here, so that it is one transaction whoever does it, the service or an operator
-- in psql. Locks are taken in the order users, tokens, user_sessions, session_wakes. Idempotent.

-- The newest wake-ups of gateways: sessions of theirs that they have to look after. A row goes when its gateway has done so.
CREATE SEQUENCE IF NOT EXISTS session_wake_numbers;
CREATE TABLE IF NOT EXISTS session_wakes (
    gateway_id text   NOT NULL,
    session_id text   NOT NULL,
    -- Whose session it is, or was: the user may be gone.
    user_id    uuid   NOT NULL,
    -- Rises with each wake-up of the session: a gateway takes back only what it has looked after.
    number     bigint NOT NULL,
    PRIMARY KEY (gateway_id, session_id)
);
CREATE INDEX IF NOT EXISTS session_wakes_by_user ON session_wakes (user_id);

CREATE OR REPLACE FUNCTION wake_session(session user_sessions) RETURNS void LANGUAGE sql AS $$
    INSERT INTO session_wakes (gateway_id, session_id, user_id, number)
    SELECT gateway_id, session.session_id, session.user_id, nextval('session_wake_numbers')
    FROM (SELECT DISTINCT unnest(session.gateway_ids)) AS gateways (gateway_id)
    ON CONFLICT (gateway_id, session_id) DO UPDATE
        SET user_id = excluded.user_id, number = nextval('session_wake_numbers')
$$;

-- A session that is logged in no more.
CREATE OR REPLACE FUNCTION user_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wake_session(OLD);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER user_session_ended AFTER DELETE ON user_sessions
    FOR EACH ROW WHEN (cardinality(OLD.gateway_ids) > 0) EXECUTE FUNCTION user_session_ended();

-- A revoked login has no sessions.
CREATE OR REPLACE FUNCTION token_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM user_sessions WHERE user_id = NEW.user_id AND family = NEW.family;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER token_revoked AFTER UPDATE OF revoked_at ON tokens
    FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL) EXECUTE FUNCTION token_revoked();

-- A banned user has no logins.
CREATE OR REPLACE FUNCTION user_banned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tokens SET revoked_at = now() WHERE user_id = NEW.id AND revoked_at IS NULL;
    DELETE FROM user_sessions WHERE user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER user_banned AFTER UPDATE OF is_banned ON users
    FOR EACH ROW WHEN (NEW.is_banned AND NOT OLD.is_banned) EXECUTE FUNCTION user_banned();

-- The sessions of a guest that was upgraded are a user's.
CREATE OR REPLACE FUNCTION user_upgraded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wake_session(session) FROM user_sessions AS session WHERE session.user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER user_upgraded AFTER UPDATE OF kind ON users
    FOR EACH ROW WHEN (NEW.kind <> OLD.kind) EXECUTE FUNCTION user_upgraded();
