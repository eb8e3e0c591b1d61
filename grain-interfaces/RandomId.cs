using System.Buffers.Text;
using System.Security.Cryptography;

namespace Gatehouse.GrainInterfaces;

/// <summary>Unguessable identifiers, safe in URLs and in grain keys.</summary>
public static class RandomId
{
    /// <summary>22 characters, 128 random bits.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>43 characters, 256 random bits: for what lets somebody in.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
