using System.Text.RegularExpressions;
using Gatehouse.Architecture.Tests.Support;
using Gatehouse.Gateway;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains;
using Gatehouse.Hosting;
using Gatehouse.Silo;

namespace Gatehouse.Architecture.Tests;

/// <summary>Who may know whom: the arrows of docs/ARCHITECTURE.md.</summary>
public sealed partial class FolderTests
{
    private const string Protocols = "Gatehouse.Gateway.Protocols";
    private const string Transports = "Gatehouse.Gateway.Transports";

    /// <summary>Each folder with a program part, and the folders that it may refer to.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["socket-io"] = [],
        ["hosting"] = [],
        ["grain-interfaces"] = [],
        ["grains"] = ["grain-interfaces"],
        ["silo"] = ["grains", "hosting"],
        ["gateway"] = ["grain-interfaces", "hosting", "socket-io"],
        ["gatehouse"] = ["silo", "gateway"],
    };

    [Fact]
    public void ProjectRefersToNoFolderThatItMayNotKnow()
    {
        foreach (var (folder, known) in Arrows)
        {
            foreach (var project in Repository.FilesIn(folder + "/", ".csproj"))
            {
                var referred = Reference().Matches(Repository.Read(project)).Select(match => match.Groups[1].Value);
                Assert.Empty(referred.Except(known).Select(other => $"{project} refers to {other}"));
            }
        }
    }

    [Fact]
    public void EveryProjectIsInTheSolution()
    {
        // ./test builds the solution, and runs every project of tests/.
        var solution = Repository.Read("Orleans.sln").Replace('\\', '/');
        var projects = Arrows.Keys.SelectMany(folder => Repository.FilesIn(folder + "/", ".csproj"))
            .Concat(Repository.FilesIn("tests/", ".Tests.csproj"));
        Assert.Empty(projects.Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)).ToList());
    }

    [Fact]
    public void ProtocolsKnowNoTransport() => Assert.Empty(Uses(Protocols, used => IsIn(used, Transports)));

    [Fact]
    public void TransportsKnowNoProtocol() => Assert.Empty(Uses(Transports, used => IsIn(used, Protocols)));

    [Fact]
    public void ProtocolsAndTransportsMeetInTheTableOfAddressesOnly()
    {
        var (protocols, transports) = (UsersOf(Protocols + "."), UsersOf(Transports + "."));
        Assert.Equal([nameof(Addresses)], protocols.Intersect(transports));

        IEnumerable<string> UsersOf(string spaces) => Uses(
            "Gatehouse.Gateway", used => used.Namespace?.StartsWith(spaces, StringComparison.Ordinal) == true)
            .Select(use => use.Split(' ')[0]);
    }

    [Fact]
    public void UsesOfATypeAreFound()
    {
        // Otherwise everything else here would pass for the wrong reason.
        Assert.NotEmpty(Uses(Transports, used => IsIn(used, "Gatehouse.Gateway.Connections")));
        Assert.NotEmpty(Uses(Protocols, used => used.Assembly == typeof(GrainKeys).Assembly));
    }

    [Fact]
    public void TransportsKnowNoGrain() => Assert.Empty(Uses(
        Transports, used => used.Assembly == typeof(GrainKeys).Assembly));

    [Fact]
    public void ConnectionsKnowNeitherProtocolsNorTransports() => Assert.Empty(Uses(
        "Gatehouse.Gateway.Connections", used => IsIn(used, Protocols) || IsIn(used, Transports)));

    [Fact]
    public void ProtocolsKnowNothingOfAspNetCoresConnections() => Assert.Empty(Uses(
        Protocols, used => IsIn(used, "Microsoft.AspNetCore.SignalR") || IsIn(used, "Microsoft.AspNetCore.Http")));

    [Fact]
    public void LowerAssembliesKnowNoneOfThoseAbove()
    {
        AssertKnowsNoneOf(typeof(GrainKeys), "Gatehouse.Grains", "Gatehouse.Silo", "Gatehouse.Gateway");
        AssertKnowsNoneOf(typeof(GrainServices), "Gatehouse.Silo", "Gatehouse.Gateway");
        AssertKnowsNoneOf(typeof(SiloHosting), "Gatehouse.Gateway");
        AssertKnowsNoneOf(typeof(GatewayHosting), "Gatehouse.Grains", "Gatehouse.Silo");
        AssertKnowsNoneOf(typeof(ServiceHost), "Gatehouse.GrainInterfaces", "Gatehouse.Grains", "Gatehouse.Silo", "Gatehouse.Gateway");
    }

    [GeneratedRegex("""<ProjectReference\s+Include="(?:\.\./)+([^/"]+)/""")]
    private static partial Regex Reference();

    private static void AssertKnowsNoneOf(Type member, params string[] assemblies) => Assert.Empty(
        member.Assembly.GetReferencedAssemblies().Select(name => name.Name!).Intersect(assemblies));

    private static bool IsIn(Type type, string space) =>
        type.Namespace == space || type.Namespace?.StartsWith(space + ".", StringComparison.Ordinal) == true;

    /// <summary>"Who uses what", for the types of the gateway in one namespace.</summary>
    private static List<string> Uses(string space, Func<Type, bool> forbidden)
    {
        var users = typeof(GatewayHosting).Assembly.GetTypes()
            .Where(type => !type.IsNested && IsIn(type, space)).ToList();
        Assert.NotEmpty(users);
        return [.. users.SelectMany(user => Code.TypesUsedBy(user).Where(forbidden).Select(used => $"{user.Name} uses {used}"))];
    }
}
