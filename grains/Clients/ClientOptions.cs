using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Clients;

/// <summary>Settings <c>Gatehouse:Clients</c>: what a client or node may make the server keep.</summary>
public sealed class ClientOptions
{
    /// <summary>Longest information of a client or node, in bytes of UTF-8.</summary>
    [Range(2, 1_048_576)]
    public int InformationLimit { get; set; } = 16_384;

    /// <summary>Most rows in one mailbox.</summary>
    [Range(1, 1_000_000)]
    public int MailboxLimit { get; set; } = 1000;

    /// <summary>Most bytes of UTF-8 in one mailbox.</summary>
    [Range(1, 67_108_864)]
    public int MailboxSize { get; set; } = 4_194_304;

    /// <summary>Longest content of one row, in bytes of UTF-8.</summary>
    [Range(1, 1_048_576)]
    public int ContentLimit { get; set; } = 65_536;

    /// <summary>Most bytes of JSON in a list of the nodes that are online; it must fit into a connection's queue beside a page of a mailbox.</summary>
    [Range(1024, 262_144)]
    public int NodeListSize { get; set; } = 262_144;
}
