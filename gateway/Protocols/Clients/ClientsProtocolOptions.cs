namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>Settings <c>Gatehouse:ClientsProtocol</c>.</summary>
public sealed class ClientsProtocolOptions
{
    /// <summary>Whether a client that has not logged in may list the nodes and forward to them.</summary>
    public bool Anonymous { get; set; } = true;

    /// <summary>Under which name clients get their events.</summary>
    public AnswerEvent AnswerEvent { get; set; } = AnswerEvent.Both;
}

/// <summary>The names of what a client gets, see <see cref="ClientsProtocolOptions.AnswerEvent"/>.</summary>
public enum AnswerEvent
{
    /// <summary>Each event under both names, for every client.</summary>
    Both,

    /// <summary><c>instance.to.client</c>, as all known clients have it.</summary>
    Known,

    /// <summary><c>instace.to.client</c>, as the protocol's document spells it.</summary>
    Document,
}
