namespace SocketIo;

/// <summary>What connection state recovery keeps of a socket.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Pid">The secret by which the client comes back: whoever knows it takes the socket over, so it belongs into no log.</param>
/// <param name="SocketId">The socket's public id, which it keeps.</param>
/// <param name="Rooms">The rooms that it was in.</param>
/// <param name="Items">What the program remembered of it.</param>
public sealed record RecoverableSocket(
    string Namespace, string Pid, string SocketId, IReadOnlyList<string> Rooms, IDictionary<object, object?> Items);
