-- What a client calls a message of its own, so that saying it again says it once.

ALTER TABLE room_messages ADD COLUMN IF NOT EXISTS nonce text;

CREATE UNIQUE INDEX IF NOT EXISTS room_messages_nonce ON room_messages (room, author, nonce) WHERE nonce IS NOT NULL;
