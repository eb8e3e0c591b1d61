-- Clients and nodes: devices that log in by a secret token of their own, where they can be reached, and what waits for them.
-- Idempotent; applied by the service at start, or by hand with psql.

-- Both kinds share one sequence of ids, so that an id alone says who is meant.
CREATE TABLE IF NOT EXISTS clients (
    id           integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('client', 'node')),
    -- SHA-256 of the secret in the token; the token itself is shown once and kept nowhere.
    secret_hash  bytea       NOT NULL,
    -- The client's own JSON object, as it was sent.
    information  text        NOT NULL,
    -- A node's address in IPFS.
    ipfs_hash    text,
    created_at   timestamptz NOT NULL,
    CHECK ((kind = 'node') = (ipfs_hash IS NOT NULL))
);

-- Connections by which a client or node can be reached: online while its gateway holds its lease and it has not left.
CREATE TABLE IF NOT EXISTS client_sockets (
    ws_id       text        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('client', 'node')),
    -- Nobody for a client that has not logged in.
    client_id   integer     REFERENCES clients (id) ON DELETE CASCADE,
    gateway_id  text        NOT NULL,
    since       timestamptz NOT NULL,
    -- Kept a while, so that an answer to somebody who left finds the mailbox.
    left_at     timestamptz,
    PRIMARY KEY (ws_id, kind)
);
CREATE INDEX IF NOT EXISTS client_sockets_by_client ON client_sockets (client_id) WHERE left_at IS NULL;
CREATE INDEX IF NOT EXISTS client_sockets_of_nodes ON client_sockets (since) WHERE kind = 'node' AND left_at IS NULL;
CREATE INDEX IF NOT EXISTS client_sockets_that_left ON client_sockets (left_at) WHERE left_at IS NOT NULL;

-- The mailboxes. A row stays until its recipient acknowledges it.
CREATE TABLE IF NOT EXISTS client_queue (
    queue_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient   integer     NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    sender      integer     NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- JSON, as it was sent.
    content     text        NOT NULL,
    -- Its length in bytes of UTF-8.
    size        integer     NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS client_queue_by_recipient ON client_queue (recipient, queue_id) INCLUDE (size);
