namespace SocketIo;

/// <summary>Whom an event was sent to.</summary>
/// <param name="SocketId">This socket alone, if it is set.</param>
/// <param name="Rooms">The members of any of these rooms; everyone, if there is none.</param>
/// <param name="Except">Sockets that did not get it.</param>
public sealed record Audience(string? SocketId, IReadOnlyList<string> Rooms, IReadOnlyList<string> Except)
{
    /// <summary>Whether a socket belongs to it.</summary>
    public bool Includes(string socketId, IReadOnlyList<string> rooms) =>
        SocketId is not null
            ? SocketId == socketId
            : (Rooms.Count == 0 || Rooms.Any(rooms.Contains)) && !Except.Contains(socketId);
}
