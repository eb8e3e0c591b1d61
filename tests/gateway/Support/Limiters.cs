using Gatehouse.Gateway.Limits;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>Makes a <see cref="Limiter"/>.</summary>
internal static class Limiters
{
    /// <summary>One with these settings.</summary>
    public static Limiter Of(LimitOptions? options = null, TimeProvider? time = null) =>
        new(Options.Create(options ?? new()), time ?? TimeProvider.System);
}
