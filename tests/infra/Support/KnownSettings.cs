using System.Text.RegularExpressions;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>The settings of README.md's table, which the architecture's tests hold against the code.</summary>
internal static partial class KnownSettings
{
    private static readonly HashSet<string> Keys =
        [.. Row().Matches(Repository.Read("README.md")).Select(row => row.Groups[1].Value)];

    /// <summary>Those of the names, as the environment has them, that say nothing to our programs.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<string> names) =>
        names.Where(name => !Keys.Contains(Index().Replace(name.Replace("__", ":"), "")));

    /// <summary>Those of a section.</summary>
    public static IEnumerable<string> In(string section) => Keys.Where(key => key.StartsWith(section + ":", StringComparison.Ordinal));

    [GeneratedRegex("""^\| `([\w:]+)` \|""", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@":\d+$")]
    private static partial Regex Index();
}
