-- What say a message's sender had when it was sent: 0 administrator, 1 moderator, 2 VIP, 3 everybody else.

ALTER TABLE room_messages ADD COLUMN IF NOT EXISTS level smallint NOT NULL DEFAULT 3;
