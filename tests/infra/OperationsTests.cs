using System.Text.RegularExpressions;
using Gatehouse.Infra.Tests.Support;

namespace Gatehouse.Infra.Tests;

/// <summary>docs/OPERATIONS.md names every limit and every metric that there is, and none that there is not.</summary>
public sealed partial class OperationsTests(RunningService service)
{
    private static readonly string Page = Repository.Read("docs/OPERATIONS.md");

    [Fact]
    public void EveryLimitHasItsRow()
    {
        var rows = LimitRow().Matches(Page).Select(row => (Setting: row.Groups[1].Value, Tag: row.Groups[2].Value)).ToList();
        Assert.Equal(KnownSettings.In("Gatehouse:Limits").Except(["Gatehouse:Limits:Window"]).Order(), rows.Select(row => row.Setting).Order());
        Assert.Equal(service.Limits.Order(), rows.Select(row => row.Tag).Distinct().Order());
    }

    [Fact]
    public void EveryMetricHasItsRow()
    {
        var instruments = Repository.FilesIn("gateway/", ".cs").Concat(Repository.FilesIn("grains/", ".cs"))
            .SelectMany(file => Instrument().Matches(Repository.Read(file))).Select(instrument => instrument.Groups[1].Value).ToList();
        Assert.True(instruments.Count > 8);
        Assert.Equal(instruments.Order(), MetricRow().Matches(Page).Select(row => row.Groups[1].Value).Order());
    }

    [GeneratedRegex(@"^\| `(Gatehouse:Limits:\w+)` \| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex LimitRow();

    [GeneratedRegex(@"^\| `(gatehouse\.[\w.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex(@"\.Create\w+(?:<\w+>)?\(\s*""(gatehouse\.[\w.]+)""")]
    private static partial Regex Instrument();
}
