using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>
/// Where the state of lost connections is kept (connection state recovery of Socket.IO 4.6). A store that several processes share lets
/// a client come back to any of them. A registered store switches recovery on, for clients of revision 4.
/// </summary>
/// <remarks>
/// A client comes back with its pid and the offset of the last event it has seen. The server then asks <see cref="FindAsync"/>, lets the
/// namespace's connect handler decide, and asks <see cref="MissedAsync"/>. Events that are sent to the socket meanwhile wait; those
/// whose offsets are among the missed ones are not sent again.
/// </remarks>
public interface IRecoveryStore
{
    /// <summary>A socket has been accepted, anew or again. The process may vanish without another call.</summary>
    ValueTask OpenAsync(RecoverableSocket socket, CancellationToken cancellation);

    /// <summary>A socket has lost its connection, without a word. How long it can come back is the store's business.</summary>
    ValueTask LoseAsync(RecoverableSocket socket, CancellationToken cancellation);

    /// <summary>A socket has been disconnected on purpose and will not come back.</summary>
    ValueTask EndAsync(string ns, string pid, CancellationToken cancellation);

    /// <summary>The socket that had this pid, if all it has missed since the offset can be had.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="pid">What the client says; not to be trusted before it is found.</param>
    /// <param name="offset">The last event that the client has seen; null if it has seen none.</param>
    /// <param name="handshake">Where the client comes from: a store may refuse to look for those who ask too often.</param>
    /// <param name="cancellation">Cancelled when the client goes.</param>
    ValueTask<RecoverableSocket?> FindAsync(string ns, string pid, string? offset, Handshake handshake, CancellationToken cancellation);

    /// <summary>What the socket has missed, in order, each event with its offset.</summary>
    ValueTask<IReadOnlyList<EncodedEvent>> MissedAsync(string ns, string pid, string? offset, CancellationToken cancellation);

    /// <summary>
    /// An event is about to be sent that has no offset yet. The store may give it one and remember it. Calls for one namespace come one
    /// after another, in the order of sending. By default the event is not recoverable: the host gives its events offsets of its own,
    /// by <see cref="EncodedEvent.Create(string, string, ReadOnlySpan{object?}, System.Text.Json.JsonSerializerOptions?, string?)"/>.
    /// </summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="audience">Whom it goes to.</param>
    /// <param name="encode">Encodes it with an offset, or without.</param>
    EncodedEvent Record(string ns, Audience audience, Func<string?, EncodedEvent> encode) => encode(null);
}
