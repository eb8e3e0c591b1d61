using System.Text.RegularExpressions;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>What an expression of Prometheus names. What else it says, promtool checks.</summary>
internal static partial class PromQl
{
    private static readonly string[] Words =
        ["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "bool", "offset"];

    public static IEnumerable<string> Metrics(string expression) =>
        Name().Matches(Grouping().Replace(Selector().Replace(expression, ""), "")).Select(name => name.Value).Except(Words);

    public static IEnumerable<string> Labels(string expression) =>
        Selector().Matches(expression).SelectMany(selector => Matcher().Matches(selector.Value))
            .Select(matcher => matcher.Groups[1].Value)
            .Concat(Grouping().Matches(expression).SelectMany(group => group.Groups[1].Value.Split(','))
            .Select(label => label.Trim()))
            .Where(label => label.Length > 0);

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|""[^""]*""")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)\s*""")]
    private static partial Regex Matcher();

    /// <summary>A name that no parenthesis makes a function.</summary>
    [GeneratedRegex(@"(?<![\w$.])[a-zA-Z_:][\w:]*\b(?!\s*\()")]
    private static partial Regex Name();
}
