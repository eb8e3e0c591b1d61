using System.Security.Cryptography;
using System.Text;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Grains.Sessions;

/// <summary>How the secret that resumes a session is kept: as its SHA-256, base64. It is random, so it needs no salt.</summary>
internal static class SessionSecret
{
    public static string Hash(Secret secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret.Value)));

    /// <summary>Takes as long for a secret that is nearly right as for any other.</summary>
    public static bool Matches(string? hash, Secret secret) => hash is not null && secret.Value is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Hash(secret)));
}
