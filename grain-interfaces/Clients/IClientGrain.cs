using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>
/// One client or node: its secret, its information, its mailbox, and the connections by which it is online. The truth is in
/// tables <c>clients</c>, <c>client_queue</c> and <c>client_sockets</c>. Key: see <see cref="GrainKeys.Client"/>. Described in
/// docs/PROTOCOLS.md, "clients".
/// </summary>
/// <remarks>
/// Calls <see cref="Logins.IAddressGuardGrain"/> and, to push to connections, <see cref="Gateways.IGatewayGrain"/>. What was
/// acknowledged is stored. Storage failures are thrown.
/// </remarks>
[Alias("Gatehouse.IClientGrain")]
public interface IClientGrain : IGrainWithStringKey
{
    /// <summary>Logs in a connection, which is online from now on and is woken by what comes into the mailbox.</summary>
    /// <returns>Refused: Token, Withheld.</returns>
    [Alias("LogIn")]
    Task<ClientLogin> LogIn(ClientProof proof, ClientSocket socket);

    /// <summary>Whether the proof holds.</summary>
    /// <returns>None, Token or Withheld.</returns>
    [Alias("Check")]
    Task<ClientRefusal> Check(ClientProof proof);

    /// <summary>Replaces what is given of the information and the hash.</summary>
    /// <param name="proof">Who asks.</param>
    /// <param name="information">A JSON object (default limit 16 KiB of UTF-8); null to leave it.</param>
    /// <param name="hash">Of a node, 1 to 256 characters; null to leave it.</param>
    /// <returns>None, Token, Withheld, Information or Hash.</returns>
    [Alias("Update")]
    Task<ClientRefusal> Update(ClientProof proof, string? information, string? hash);

    /// <summary>
    /// Puts something into the mailbox, behind everything that is in it, and wakes the connections. The mailbox is bounded
    /// (defaults: 1,000 rows, 4 MiB in all, 64 KiB each).
    /// </summary>
    /// <returns>Refused: Recipient, Content, Full, Row (it answers a row that the sender does not have any more).</returns>
    [Alias("Enqueue"), AtMostOnce]
    Task<QueueReply> Enqueue(QueuePost post);

    /// <summary>
    /// The client has handled a row of its mailbox: it is removed. One that is gone already, or somebody else's, changes nothing. If the
    /// mailbox has more than a page, the connections are woken.
    /// </summary>
    /// <returns>The first page of what is left. Refused: Token, Withheld.</returns>
    [Alias("Process")]
    Task<QueueState> Process(ClientProof proof, long queueId);

    /// <summary>Who sent a row of the mailbox; null when there is no such row.</summary>
    [Alias("FindSender")]
    Task<int?> FindSender(long queueId);

    /// <summary>
    /// The rows of the first page that come after <paramref name="after"/>, oldest first: what a gateway asks for when it was woken.
    /// </summary>
    [Alias("GetQueue"), AlwaysInterleave]
    Task<QueueState> GetQueue(long after);
}
