using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>Somebody with a name, an e-mail address and a password.</summary>
internal sealed record Person(string Name, string Email, string Password = "correct horse battery")
{
    public Registration Registration => new(Name, Email, new Secret(Password));

    /// <summary>Nobody has had this name or address before.</summary>
    public static Person New()
    {
        var number = Guid.NewGuid().ToString("N")[..12];
        return new Person($"Ada {number}", $"ada-{number}@example.org");
    }
}
