using System.Diagnostics.Metrics;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Grains.Observability;

/// <summary>What the grains count: meter <c>Gatehouse.Grains</c>. Never an id as a tag.</summary>
public static class GrainMeters
{
    /// <summary>The meter's name, for exporters.</summary>
    public const string Name = "Gatehouse.Grains";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Logins = Meter.CreateCounter<long>(
        "gatehouse.login.attempts", "{attempt}", "Attempts to log in, register or upgrade, by method and outcome.");

    private static readonly UpDownCounter<long> Sessions = Meter.CreateUpDownCounter<long>(
        "gatehouse.session.active", "{session}", "Session grains that are active in this process.");

    private static readonly Counter<long> Revoked = Meter.CreateCounter<long>(
        "gatehouse.token.families_revoked", "{family}", "Logins whose tokens were revoked, by cause.");

    private static readonly Histogram<double> Hashing = Meter.CreateHistogram<double>(
        "gatehouse.password.hash.duration", "s", "Time to hash one password, waiting not included.");

    private static readonly UpDownCounter<long> Waiting = Meter.CreateUpDownCounter<long>(
        "gatehouse.password.waiting", "{password}", "Passwords that are being hashed in this process, or wait for it.");

    public static void LoginAttempted(string method, Refusal outcome) => Logins.Add(
        1, new("method", method), new("outcome", outcome == Refusal.None ? "success" : outcome.ToString().ToLowerInvariant()));

    public static void SessionActivated() => Sessions.Add(1);

    public static void SessionDeactivated() => Sessions.Add(-1);

    public static void FamiliesRevoked(int count, string cause) => Revoked.Add(count, new KeyValuePair<string, object?>("cause", cause));

    public static void PasswordWaits() => Waiting.Add(1);

    public static void PasswordWaitsNoMore() => Waiting.Add(-1);

    public static void PasswordHashed(TimeSpan duration) => Hashing.Record(duration.TotalSeconds);
}
