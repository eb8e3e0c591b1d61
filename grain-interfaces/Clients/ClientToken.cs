using System.Globalization;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>What a client or node logs in with: <c>id.secret</c>.</summary>
/// <param name="Id">Whose it is.</param>
/// <param name="Secret">43 characters, of which only a hash is stored.</param>
public sealed record ClientToken(int Id, Secret Secret)
{
    private const int SecretLength = 43;

    /// <summary>The token as the client keeps it.</summary>
    public string Reveal() => string.Create(CultureInfo.InvariantCulture, $"{Id}.{Secret.Value}");

    /// <summary>Reads a token; null for what cannot be one.</summary>
    public static ClientToken? Parse(string? text) =>
        text?.Split('.') is [var id, { Length: SecretLength } secret]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new ClientToken(number, new Secret(secret))
            : null;
}
