-- Messages of rooms that are not ephemeral. A message is here before anybody hears of it.

CREATE TABLE IF NOT EXISTS room_messages (
    room     text        NOT NULL COLLATE "C",
    sequence bigint      NOT NULL,
    sent_at  timestamptz NOT NULL,
    author   text        NOT NULL,   -- a user's id, or ~ and a guest's nickname
    body     text,                   -- a JSON object as it was sent; null when it was deleted
    PRIMARY KEY (room, sequence)
);

-- For retention: rows are added in this order, so a small index is enough.
CREATE INDEX IF NOT EXISTS room_messages_sent_at ON room_messages USING brin (sent_at);
