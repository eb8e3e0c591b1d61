using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Gateway.Connections;

/// <summary>Settings <c>Gatehouse:SocketIo</c>: how soon a client that has vanished is noticed. Raw WebSockets have the same.</summary>
public sealed class HeartbeatOptions
{
    /// <summary>Time between two pings; clients are told. Browsers let timers of hidden tabs run once a minute at worst.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a ping may stay unanswered before the client counts as gone; clients are told.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
