-- Whether anybody has ever shown a client's or node's token: one that nobody has goes after a day. Idempotent.

-- Those that are there when this comes, and those that a program adds which does not know of it, count as used.
ALTER TABLE clients ADD COLUMN IF NOT EXISTS was_used boolean NOT NULL DEFAULT true;
CREATE INDEX IF NOT EXISTS clients_never_used ON clients (created_at) WHERE NOT was_used;
