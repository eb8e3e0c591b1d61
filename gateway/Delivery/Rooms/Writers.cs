namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>Whoever writes to sockets what a room has told.</summary>
internal static class Writers
{
    private const int Turns = 3;

    /// <summary>
    /// Waits until what was queued for them has had its turn on the pool's threads, writing and sending: under load more then goes into each
    /// write, and without load it costs nothing.
    /// </summary>
    public static async Task HaveTheirTurn()
    {
        for (var turn = 0; turn < Turns; turn++) await Task.Yield();
    }
}
