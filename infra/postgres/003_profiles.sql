-- Profiles, permissions, and what a person wants to know of a login when they look through theirs. Idempotent.

ALTER TABLE users ADD COLUMN IF NOT EXISTS icon text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS bio text;
-- What the user wants to be shown as while online: 1 online, 2 away, 3 do not disturb, 4 playing, 5 watching, 6 listening.
ALTER TABLE users ADD COLUMN IF NOT EXISTS status_type smallint NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN IF NOT EXISTS status_text text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN IF NOT EXISTS permissions text[] NOT NULL DEFAULT '{}';
-- Set by an administrator in SQL; a banned user cannot log in.
ALTER TABLE users ADD COLUMN IF NOT EXISTS is_banned boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN IF NOT EXISTS is_verified boolean NOT NULL DEFAULT false;
CREATE INDEX IF NOT EXISTS users_by_creation ON users (created_at, id);
CREATE INDEX IF NOT EXISTS users_with_permissions ON users USING gin (permissions) WHERE permissions <> '{}';

-- The protocol that the login was made through.
ALTER TABLE tokens ADD COLUMN IF NOT EXISTS protocol text NOT NULL DEFAULT '';
