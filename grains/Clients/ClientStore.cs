using System.Security.Cryptography;
using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.Grains.Storage;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Clients;

/// <summary>Table <c>clients</c>.</summary>
public sealed class ClientStore(Database database, TimeProvider time)
{
    /// <summary>What is stored in place of a secret.</summary>
    public static byte[] HashOf(Secret secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret.Value));

    /// <summary>How a kind is spelled in the tables.</summary>
    public static string Spell(ClientKind kind) => kind == ClientKind.Node ? "node" : "client";

    public async Task<ClientRow?> Find(int id) => (await database.Query(
        "SELECT kind, secret_hash, information, ipfs_hash, was_used FROM clients WHERE id = $1",
        row => new ClientRow(
            row.GetString(0) == "node" ? ClientKind.Node : ClientKind.Client,
            row.GetFieldValue<byte[]>(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.GetBoolean(4)),
        P(id))).SingleOrDefault();

    /// <summary>Adds a client or node and returns its id.</summary>
    public async Task<int> Add(ClientRow client) => (await database.Query(
        """
        INSERT INTO clients (kind, secret_hash, information, ipfs_hash, created_at, was_used)
        VALUES ($1, $2, $3, $4, $5, false) RETURNING id
        """,
        row => row.GetInt32(0),
        P(Spell(client.Kind)), P(client.SecretHash), P(client.Information), P(client.Hash), P(time.GetUtcNow()))).Single();

    /// <summary>Somebody has shown its token. False when there is no such client or node any more.</summary>
    public async Task<bool> Use(int id) => await database.Execute("UPDATE clients SET was_used = true WHERE id = $1", P(id)) > 0;

    /// <summary>Removes those that nobody has ever used, and what waits for them.</summary>
    public Task RemoveUnused(DateTimeOffset before) => database.Execute(
        "DELETE FROM clients WHERE NOT was_used AND created_at < $1", P(before));

    public Task Update(int id, string information, string? hash) => database.Execute(
        "UPDATE clients SET information = $2, ipfs_hash = $3 WHERE id = $1", P(id), P(information), P(hash));
}
