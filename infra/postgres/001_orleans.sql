-- Grain state and cluster membership, and the statements by which Orleans reaches them.
--
-- The Orleans ADO.NET providers carry no SQL of their own: they read it by key from OrleansQuery and bind parameters
-- and result columns by name, so the names below are theirs; the statements are ours.
--
-- Idempotent. A text changed here replaces the stored one at the next start.

CREATE TABLE IF NOT EXISTS OrleansQuery (
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

------------------------------------------------------------------------------------------------------------------------
-- Grain state
------------------------------------------------------------------------------------------------------------------------

-- GrainTypeString is the state's name. A string key stands in GrainIdExtensionString with both numbers 0; an integer
-- key in GrainIdN1. A key without a string part is stored as '' so that the primary key holds for it too. The
-- provider also passes hashes of type and key; a B-tree on the whole key needs neither.
CREATE TABLE IF NOT EXISTS OrleansStorage (
    ServiceId              text        COLLATE "C" NOT NULL,
    GrainTypeString        text        COLLATE "C" NOT NULL,
    GrainIdExtensionString text        COLLATE "C" NOT NULL,
    GrainIdN0              bigint      NOT NULL,
    GrainIdN1              bigint      NOT NULL,
    Version                integer     NOT NULL,
    ModifiedOn             timestamptz NOT NULL,
    PayloadBinary          bytea,
    PRIMARY KEY (ServiceId, GrainTypeString, GrainIdExtensionString, GrainIdN0, GrainIdN1)
) WITH (fillfactor = 80); -- rows are rewritten often: leave room on the page, so that the index is left alone

-- PayloadBinary is null after a clear: the row stays and keeps counting versions.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES ('ReadFromStorageKey', $query$
SELECT PayloadBinary, Version
FROM OrleansStorage
WHERE ServiceId = @ServiceId
  AND GrainTypeString = @GrainTypeString
  AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
  AND GrainIdN0 = @GrainIdN0
  AND GrainIdN1 = @GrainIdN1
$query$),

-- The version is the ETag. No row in the answer is what the provider takes for a conflict. Of two concurrent first
-- writes the second waits for the first to commit and then does nothing; of two concurrent updates the second waits,
-- finds the version changed and does nothing.
('WriteToStorageKey', $query$
WITH updated AS (
    UPDATE OrleansStorage
    SET PayloadBinary = @PayloadBinary, Version = Version + 1, ModifiedOn = now()
    WHERE ServiceId = @ServiceId
      AND GrainTypeString = @GrainTypeString
      AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
      AND GrainIdN0 = @GrainIdN0
      AND GrainIdN1 = @GrainIdN1
      AND Version = @GrainStateVersion
    RETURNING Version
), inserted AS (
    INSERT INTO OrleansStorage
        (ServiceId, GrainTypeString, GrainIdExtensionString, GrainIdN0, GrainIdN1, Version, ModifiedOn, PayloadBinary)
    SELECT @ServiceId, @GrainTypeString, coalesce(@GrainIdExtensionString, ''), @GrainIdN0, @GrainIdN1, 1, now(),
           @PayloadBinary
    WHERE @GrainStateVersion IS NULL
    ON CONFLICT DO NOTHING
    RETURNING Version
)
SELECT Version AS NewGrainStateVersion FROM updated
UNION ALL
SELECT Version FROM inserted
$query$),

('ClearStorageKey', $query$
UPDATE OrleansStorage
SET PayloadBinary = NULL, Version = Version + 1, ModifiedOn = now()
WHERE ServiceId = @ServiceId
  AND GrainTypeString = @GrainTypeString
  AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
  AND GrainIdN0 = @GrainIdN0
  AND GrainIdN1 = @GrainIdN1
  AND Version = @GrainStateVersion
RETURNING Version AS NewGrainStateVersion
$query$),

-- Used instead of the former with DeleteStateOnClear. The version after the deleted one tells the provider that it
-- worked.
('DeleteStorageKey', $query$
DELETE FROM OrleansStorage
WHERE ServiceId = @ServiceId
  AND GrainTypeString = @GrainTypeString
  AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
  AND GrainIdN0 = @GrainIdN0
  AND GrainIdN1 = @GrainIdN1
  AND Version = @GrainStateVersion
RETURNING Version + 1 AS NewGrainStateVersion
$query$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE OrleansQuery.QueryText <> excluded.QueryText;

-- One row that is not JSON must not make the whole view unreadable: it shows as an escaped string.
CREATE OR REPLACE FUNCTION grain_state_json(payload bytea) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
BEGIN
    RETURN convert_from(payload, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception THEN
    RETURN to_jsonb(encode(payload, 'escape'));
END
$function$;

-- For people: SELECT * FROM grain_state WHERE state_name = 'room' AND state -> 'Bans' <> '{}';
CREATE OR REPLACE VIEW grain_state AS
SELECT
    ServiceId AS service,
    GrainTypeString AS state_name,
    CASE
        WHEN GrainIdN0 = 0 AND GrainIdN1 = 0 AND GrainIdExtensionString <> '' THEN GrainIdExtensionString
        ELSE CASE GrainIdN0
                 WHEN 0 THEN GrainIdN1::text
                 ELSE lpad(to_hex(GrainIdN0), 16, '0') || lpad(to_hex(GrainIdN1), 16, '0')
             END || CASE GrainIdExtensionString WHEN '' THEN '' ELSE '#' || GrainIdExtensionString END
    END AS grain_key,
    Version AS version,
    ModifiedOn AS modified_on,
    grain_state_json(PayloadBinary) AS state
FROM OrleansStorage;

------------------------------------------------------------------------------------------------------------------------
-- Cluster membership: who is in, agreed upon by compare-and-set on one version per cluster (DeploymentId)
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable (
    DeploymentId text        COLLATE "C" PRIMARY KEY,
    Version      integer     NOT NULL DEFAULT 0,
    Timestamp    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS OrleansMembershipTable (
    DeploymentId text        COLLATE "C" NOT NULL REFERENCES OrleansMembershipVersionTable,
    Address      text        COLLATE "C" NOT NULL,
    Port         integer     NOT NULL,
    Generation   integer     NOT NULL,
    SiloName     text        NOT NULL,
    HostName     text        NOT NULL,
    Status       integer     NOT NULL, -- 1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead
    ProxyPort    integer     NOT NULL, -- 0 for a silo that takes no clients
    SuspectTimes text,
    StartTime    timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES ('GatewaysQueryKey', $query$
SELECT Address, ProxyPort, Generation
FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
$query$),

-- The version comes back even when no silo does.
('MembershipReadRowKey', $query$
SELECT m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime,
       m.IAmAliveTime, v.Version
FROM OrleansMembershipVersionTable v
LEFT JOIN OrleansMembershipTable m
    ON m.DeploymentId = v.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
WHERE v.DeploymentId = @DeploymentId
$query$),

('MembershipReadAllKey', $query$
SELECT m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime,
       m.IAmAliveTime, v.Version
FROM OrleansMembershipVersionTable v
LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId
WHERE v.DeploymentId = @DeploymentId
$query$),

-- This and the next two answer one row with one value: whether something was written.
('InsertMembershipVersionKey', $query$
WITH inserted AS (
    INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId)
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT EXISTS (SELECT FROM inserted)
$query$),

('InsertMembershipKey', $query$
WITH agreed AS (
    UPDATE OrleansMembershipVersionTable
    SET Version = Version + 1, Timestamp = now()
    WHERE DeploymentId = @DeploymentId
      AND Version = @Version
      AND NOT EXISTS (
          SELECT FROM OrleansMembershipTable
          WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation)
    RETURNING DeploymentId
), inserted AS (
    INSERT INTO OrleansMembershipTable
        (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
    SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime,
           @IAmAliveTime
    FROM agreed
    RETURNING 1
)
SELECT EXISTS (SELECT FROM inserted)
$query$),

('UpdateMembershipKey', $query$
WITH agreed AS (
    UPDATE OrleansMembershipVersionTable
    SET Version = Version + 1, Timestamp = now()
    WHERE DeploymentId = @DeploymentId
      AND Version = @Version
      AND EXISTS (
          SELECT FROM OrleansMembershipTable
          WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation)
    RETURNING DeploymentId
), updated AS (
    UPDATE OrleansMembershipTable m
    SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
    FROM agreed
    WHERE m.DeploymentId = agreed.DeploymentId
      AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
    RETURNING 1
)
SELECT EXISTS (SELECT FROM updated)
$query$),

-- A sign of life is no change of membership: the version stays.
('UpdateIAmAlivetimeKey', $query$
UPDATE OrleansMembershipTable
SET IAmAliveTime = @IAmAliveTime
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
$query$),

('DeleteMembershipTableEntriesKey', $query$
WITH silos AS (
    DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId
)
DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId
$query$),

('CleanupDefunctSiloEntriesKey', $query$
DELETE FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3
$query$),

-- One entry, only if it is still as it was read.
('CleanupDefunctSiloEntryKey', $query$
DELETE FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
  AND SuspectTimes IS NOT DISTINCT FROM @SuspectTimes
  AND StartTime = @StartTime
  AND IAmAliveTime = @IAmAliveTime
  AND Status <> 3
$query$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE OrleansQuery.QueryText <> excluded.QueryText;

------------------------------------------------------------------------------------------------------------------------
-- Reminders are not used: former versions made their table
------------------------------------------------------------------------------------------------------------------------

DROP TABLE IF EXISTS OrleansRemindersTable;

DELETE FROM OrleansQuery WHERE QueryKey IN (
    'ReadReminderRowsKey', 'ReadReminderRowKey', 'ReadRangeRows1Key', 'ReadRangeRows2Key', 'UpsertReminderRowKey',
    'DeleteReminderRowKey', 'DeleteReminderRowsKey');
