using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Gateway.Limits;

/// <summary>
/// Settings <c>Gatehouse:Limits</c>: what each gateway lets clients do. So many in each <see cref="Window"/>, evenly: what comes up in ten
/// seconds may come at once, or a hundred if that is more, and further ones wait for ten seconds at most; 0 switches a limit off. An address
/// is that of <c>ClientAddress</c>: of IPv6 the /64 prefix.
/// </summary>
public sealed class LimitOptions
{
    private const int Most = 1_000_000_000;

    /// <summary>In which so many are let do it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>New connections of an address; over Socket.IO, to each namespace too.</summary>
    [Range(0, Most)]
    public int Handshakes { get; set; } = 60_000;

    /// <summary>Connections of an address that are open at a time.</summary>
    [Range(0, Most)]
    public int Connections { get; set; } = 10_000;

    /// <summary>Accounts made from an address.</summary>
    [Range(0, Most)]
    public int Registrations { get; set; } = 1_000;

    /// <summary>How many of those an address may have under way; more wait, for ten seconds at most.</summary>
    [Range(0, Most)]
    public int RegistrationsAtOnce { get; set; } = 2;

    /// <summary>Guests made from an address.</summary>
    [Range(0, Most)]
    public int Guests { get; set; } = 10_000;

    /// <summary>Passwords shown from an address.</summary>
    [Range(0, Most)]
    public int Passwords { get; set; } = 60_000;

    /// <summary>How many of those an address may have under way; more wait, for ten seconds at most.</summary>
    [Range(0, Most)]
    public int PasswordsAtOnce { get; set; } = 8;

    /// <summary>Passwords shown for one account, whether or not it exists, from anywhere.</summary>
    [Range(0, Most)]
    public int Accounts { get; set; } = 600;

    /// <summary>Clients and nodes registered from an address.</summary>
    [Range(0, Most)]
    public int Devices { get; set; } = 2_000;

    /// <summary>Sessions and devices that an address asks for.</summary>
    [Range(0, Most)]
    public int LookUps { get; set; } = 60_000;

    /// <summary>Events of a connection; ten times as many in a burst. More wait, and are not read until then.</summary>
    [Range(0, Most)]
    public int EventsPerSecond { get; set; } = 1000;

    /// <summary>Bytes in the payloads of a connection's events; twice as many in a burst. More wait, and are not read until then.</summary>
    [Range(0, Most)]
    public int BytesPerSecond { get; set; } = 1_048_576;

    /// <summary>Events of all connections of an address together; ten times as many in a burst. More wait, and are not read until then.</summary>
    [Range(0, Most)]
    public int AddressEventsPerSecond { get; set; } = 5000;

    /// <summary>Bytes in the payloads of those; twice as many in a burst. More wait, and are not read until then.</summary>
    [Range(0, Most)]
    public int AddressBytesPerSecond { get; set; } = 8_388_608;
}
