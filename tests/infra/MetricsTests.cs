using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Infra.Tests.Support;

namespace Gatehouse.Infra.Tests;

/// <summary>The dashboard and the alerts speak of metrics that the service has.</summary>
public sealed partial class MetricsTests(RunningService service)
{
    private const string Alerts = "infra/prometheus/alerts.yaml";

    /// <summary>What Prometheus itself adds.</summary>
    private const string Up = "up";

    [Fact]
    public void NamesOfAnExpressionAreFound()
    {
        const string Expression =
            """sum by (pod, le) (rate(a_total{b="x_y",c=~".*"}[5m])) > on (pod) 0.5 * max(d:e{f!="g"} offset 1h) or absent(h)""";
        Assert.Equal(["a_total", "d:e", "h"], PromQl.Metrics(Expression));
        Assert.Equal(["b", "c", "f", "le", "pod"], PromQl.Labels(Expression).Distinct().Order());
    }

    [Fact]
    public void EveryMetricOfTheDashboardExists()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read("infra/grafana/gatehouse.json"));
        var expressions = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!).ToList();
        Assert.True(expressions.Count > 15);
        AssertExist(expressions);
    }

    [Fact]
    public void EveryMetricOfTheAlertsExists()
    {
        var expressions = Expression().Matches(Repository.Read(Alerts)).Select(match => match.Groups[1].Value).ToList();
        Assert.True(expressions.Count > 8);
        AssertExist(expressions);
    }

    [Fact]
    public void EveryAlertHasItsEntryInTheRunbook()
    {
        var entries = Entry().Matches(Repository.Read("docs/OPERATIONS.md")).Select(match => match.Groups[1].Value);
        Assert.Equal(Names().Order(), entries.Order());
    }

    [Fact]
    public async Task EveryAlertSpeaksWhenItShouldAndIsSilentWhenAllIsWell()
    {
        var promtool = Tool.Find("GATEHOUSE_PROMTOOL");
        await Tool.Run(promtool, "check", "rules", Alerts);
        await Tool.Run(promtool, "test", "rules", "tests/infra/alerts.yaml");
        // The second time in the one in which all is well.
        var cases = Case().Matches(Repository.Read("tests/infra/alerts.yaml")).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(Names().Concat(Names()).Order(), cases.Order());
    }

    private static List<string> Names() => [.. Name().Matches(Repository.Read(Alerts)).Select(match => match.Groups[1].Value)];

    private void AssertExist(List<string> expressions)
    {
        Assert.Empty(expressions.SelectMany(PromQl.Metrics).Except(service.Metrics).Except([Up]));
        Assert.Empty(expressions.SelectMany(PromQl.Labels).Except(service.Labels));
    }

    /// <summary>On the line, or folded below it.</summary>
    [GeneratedRegex(@"^    expr: (?:>-\n)?((?:.*\n)(?:      .*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Expression();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Name();

    [GeneratedRegex(@"alertname: (\w+)")]
    private static partial Regex Case();

    [GeneratedRegex(@"^\| `(Gatehouse\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
