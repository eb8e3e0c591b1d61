using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>Settings <c>Gatehouse:SignalR</c>, named as SignalR has them: how soon a side that has vanished is noticed by the other.</summary>
public sealed class SignalROptions : IValidatableObject
{
    /// <summary>After how much silence the server says that it is there. Clients have a time-out of their own, 30 seconds unless told.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how much silence a client counts as gone. Clients say that they are there every 15 seconds unless told.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ClientTimeoutInterval { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext context)
    {
        if (ClientTimeoutInterval <= KeepAliveInterval)
            yield return new($"must be longer than {nameof(KeepAliveInterval)}.", [nameof(ClientTimeoutInterval)]);
    }
}
