-- Accounts: users, the tokens that log them in, the sessions that are logged in, and the gateways that hold those sessions.
-- Idempotent; applied by the service at start, or by hand with psql.

CREATE TABLE IF NOT EXISTS users (
    id               uuid        PRIMARY KEY,
    kind             text        NOT NULL CHECK (kind IN ('guest', 'regular')),
    -- As shown, and as compared: compatibility-composed and case-folded by the service.
    name             text        NOT NULL,
    name_key         text        NOT NULL CONSTRAINT users_name_key UNIQUE,
    email            text,
    email_key        text        CONSTRAINT users_email_key UNIQUE,
    password_hash    text,
    -- Failed-login lock: failures since window_began; locked while locked_until lies ahead.
    login_failures   integer     NOT NULL DEFAULT 0,
    window_began     timestamptz,
    locked_until     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    -- When its last connection went; who is online now is a question to user_sessions.
    last_online      timestamptz,
    -- Raised by each change of the profile; a writer that knows an older one is refused.
    version          integer     NOT NULL DEFAULT 1,
    CHECK ((kind = 'guest') = (password_hash IS NULL)),
    CHECK ((kind = 'guest') = (email_key IS NULL))
);

CREATE TABLE IF NOT EXISTS tokens (
    id          text        PRIMARY KEY,
    user_id     uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- One login on one device: the first token and all that it was rotated to.
    family      text        NOT NULL,
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    rotated_to  text        REFERENCES tokens (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    rotated_at  timestamptz,
    revoked_at  timestamptz
);
CREATE INDEX IF NOT EXISTS tokens_by_family ON tokens (family);
CREATE INDEX IF NOT EXISTS tokens_by_user ON tokens (user_id);
CREATE INDEX IF NOT EXISTS tokens_by_expiry ON tokens (expires_at);
CREATE INDEX IF NOT EXISTS tokens_by_successor ON tokens (rotated_to) WHERE rotated_to IS NOT NULL;

-- Sessions that are logged in. A session is live while one of its gateways holds its lease; a user is online while one of its
-- sessions is live.
CREATE TABLE IF NOT EXISTS user_sessions (
    session_id   text        PRIMARY KEY,
    user_id      uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    family       text        NOT NULL,
    protocol     text        NOT NULL,
    signed_in_at timestamptz NOT NULL DEFAULT now(),
    -- The gateways that hold its connections; none when it waits for its client to come back.
    gateway_ids  text[]      NOT NULL,
    -- How long it outlives its last connection.
    idle_window  interval    NOT NULL DEFAULT '0',
    -- When it ends unless it is touched before.
    expires_at   timestamptz
);
CREATE INDEX IF NOT EXISTS user_sessions_by_user ON user_sessions (user_id);
CREATE INDEX IF NOT EXISTS user_sessions_by_expiry ON user_sessions (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS gateways (
    id          text        PRIMARY KEY,
    lease_until timestamptz NOT NULL
);
