using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Gatehouse.Testing;

/// <summary>Properties that hold for whatever is generated: from a fixed seed, so that a failure comes again.</summary>
internal static class Properties
{
    private const ulong Seed = 20260101;

    public static void Hold<T>(Gen<T> values, Action<T> check, int runs = 500) =>
        Prop.ForAll(values.ToArbitrary(), check).Check(Configuration(runs));

    /// <param name="values">What is generated.</param>
    /// <param name="shrink">Smaller values that may fail as well; a smaller failure is easier to understand.</param>
    /// <param name="check">Throws when the property does not hold.</param>
    /// <param name="runs">How many values are tried.</param>
    public static void Hold<T>(Gen<T> values, Func<T, IEnumerable<T>> shrink, Func<T, Task> check, int runs) =>
        Prop.ForAll(Arb.From(values, shrink), check).Check(Configuration(runs));

    private static Config Configuration(int runs) => Config.QuickThrowOnFailure.WithMaxTest(runs).WithQuietOnSuccess(true)
        .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Seed), FSharpOption<int>.None)));
}
