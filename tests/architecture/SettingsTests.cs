using System.Collections;
using System.Text.RegularExpressions;
using Gatehouse.Architecture.Tests.Support;
using Gatehouse.Gateway;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains;
using Gatehouse.Hosting;
using Gatehouse.Silo;

namespace Gatehouse.Architecture.Tests;

/// <summary>README.md has one table of all settings, and it is right.</summary>
public sealed partial class SettingsTests
{
    /// <summary>Settings of the host, which no options class of ours holds.</summary>
    private static readonly string[] OfTheHost = ["ConnectionStrings:Postgres", "Urls", "AllowedHosts", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER"];

    [Fact]
    public void TheTableHasEverySettingWithItsDefaultAndNothingElse()
    {
        var settings = Options().SelectMany(options => Properties(options.Section, options.Type)).ToList();
        Assert.True(settings.Count > 20, "the options classes were not found");
        var table = Row().Matches(Repository.Read("README.md"))
            .Select(row => (Key: row.Groups[1].Value, Default: row.Groups[2].Value))
            .Where(row => !OfTheHost.Contains(row.Key));
        Assert.Equal(settings.Order(), table.Select(row => $"{row.Key} = {row.Default}").Order());
    }

    [Fact]
    public void TheTableSaysWhatTheHostNeeds() => Assert.Empty(
        OfTheHost.Except(Row().Matches(Repository.Read("README.md")).Select(row => row.Groups[1].Value)));

    [GeneratedRegex("""^\| `([\w:]+)` \| `?([^|`]*?)`? \|""", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("""Add(?:Settings<(\w+)>\(|Options<(\w+)>\(\)\s*\.BindConfiguration\()"(Gatehouse:\w+)"\)""")]
    private static partial Regex Binding();

    /// <summary>As the code binds them.</summary>
    private static IEnumerable<(string Section, Type Type)> Options()
    {
        var types = new[] { typeof(GrainKeys), typeof(GrainServices), typeof(SiloHosting), typeof(GatewayHosting), typeof(ServiceHost) }
            .SelectMany(type => type.Assembly.GetTypes()).ToList();
        return from folder in new[] { "grains/", "silo/", "gateway/", "hosting/" }
               from file in Repository.FilesIn(folder, ".cs")
               from binding in Binding().Matches(Repository.Read(file))
               let name = binding.Groups[1].Value + binding.Groups[2].Value
               select (binding.Groups[3].Value, types.Single(type => type.Name == name));
    }

    private static IEnumerable<string> Properties(string section, Type type)
    {
        var defaults = Activator.CreateInstance(type);
        return type.GetProperties().Where(property => property.CanWrite)
            .Select(property => $"{section}:{property.Name} = {Spell(property.GetValue(defaults))}");
    }

    private static string Spell(object? value) => value switch
    {
        null => "none",
        string text => text,
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>())}]",
        _ => $"{value}",
    };
}
