namespace Gatehouse.Gateway.Limits;

/// <summary>What clients may do so often and no oftener; each is a setting of <see cref="LimitOptions"/> and a value of a metric's tag.</summary>
public enum Limit
{
    /// <summary>New connections of an address.</summary>
    Handshakes,

    /// <summary>Connections of an address that are open.</summary>
    Connections,

    /// <summary>Events of a connection.</summary>
    Events,

    /// <summary>Bytes of payload of a connection.</summary>
    Bytes,

    /// <summary>Accounts that an address makes, or makes of guests. Each hashes a password.</summary>
    Registrations,

    /// <summary>Guests that an address makes.</summary>
    Guests,

    /// <summary>Passwords that an address shows.</summary>
    Passwords,

    /// <summary>Passwords that are shown for one account.</summary>
    Accounts,

    /// <summary>Clients and nodes that an address registers.</summary>
    Devices,

    /// <summary>What an address asks a grain for that may not exist: sessions to go on with, devices to log in as.</summary>
    LookUps,
}
