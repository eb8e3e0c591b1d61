-- What a client or node calls a row that it queues, so that asking again adds it once, also when it has been acknowledged meanwhile. Idempotent.
CREATE TABLE IF NOT EXISTS client_requests (
    recipient   integer     NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    sender      integer     NOT NULL,
    request     text        NOT NULL,
    queue_id    bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (recipient, sender, request)
);
CREATE INDEX IF NOT EXISTS client_requests_by_age ON client_requests (created_at);
