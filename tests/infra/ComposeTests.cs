using System.Text.RegularExpressions;
using Gatehouse.Infra.Tests.Support;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Gatehouse.Infra.Tests;

/// <summary>infra/compose: names what exists.</summary>
public sealed partial class ComposeTests
{
    private static readonly Dictionary<string, Dictionary<string, object>> Services = Read();

    [Fact]
    public void EverySettingNamedIsOneOfOurs()
    {
        var named = Ours().SelectMany(it => (Dictionary<object, object>)it["environment"]).Select(it => (string)it.Key).ToList();
        Assert.Contains("ConnectionStrings__Postgres", named);
        Assert.Empty(KnownSettings.Unknown(named));
    }

    [Fact]
    public void EveryImageOfOursIsAStageOfTheContainerfile()
    {
        var stages = Stage().Matches(Repository.Read("infra/container/Containerfile"))
            .Select(stage => stage.Groups[1].Value).ToList();
        Assert.Equal(4, Ours().Count());
        Assert.All(Ours(), it => Assert.Contains(((Dictionary<object, object>)it["build"])["target"], stages));
    }

    [Fact]
    public void SilosTellTheAddressesThatTheyHave()
    {
        foreach (var silo in Services.Where(it => it.Key.StartsWith("silo", StringComparison.Ordinal)).Select(it => it.Value))
        {
            var network = (Dictionary<object, object>)((Dictionary<object, object>)silo["networks"])["default"];
            Assert.Equal(network["ipv4_address"], ((Dictionary<object, object>)silo["environment"])["Gatehouse__Silo__Address"]);
        }
    }

    [Fact]
    public void WhoeverIsWaitedForSaysWhetherItIsWell() => Assert.All(
        Services.Values.Where(it => it.ContainsKey("depends_on"))
            .SelectMany(it => (Dictionary<object, object>)it["depends_on"]).Select(it => (string)it.Key),
        name => Assert.True(Services[name].ContainsKey("healthcheck") || Ours().Contains(Services[name]), name));

    [Fact]
    public void EveryFileOfOursThatIsMountedExists()
    {
        var mounted = Services.Values.Where(it => it.ContainsKey("volumes")).SelectMany(it => (List<object>)it["volumes"])
            .Select(it => ((string)it).Split(':')[0]).Where(path => path.StartsWith('.')).ToList();
        Assert.NotEmpty(mounted);
        Assert.All(mounted, path => Assert.True(File.Exists(Path.Combine(Repository.Root, "infra/compose", path)), path));
    }

    /// <summary>Those that are built here; their image has a health check.</summary>
    private static IEnumerable<Dictionary<string, object>> Ours() => Services.Values.Where(it => it.ContainsKey("build"));

    private static Dictionary<string, Dictionary<string, object>> Read()
    {
        var parser = new MergingParser(new Parser(new StringReader(Repository.Read("infra/compose/compose.yaml"))));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        return ((Dictionary<object, object>)file["services"]).ToDictionary(
            it => (string)it.Key,
            it => ((Dictionary<object, object>)it.Value).ToDictionary(field => (string)field.Key, field => field.Value));
    }

    [GeneratedRegex(@"^FROM base AS (\w+)", RegexOptions.Multiline)]
    private static partial Regex Stage();
}
