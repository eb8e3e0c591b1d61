using System.Reflection;
using System.Runtime.CompilerServices;
using Gatehouse.Architecture.Tests.Support;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains;

namespace Gatehouse.Architecture.Tests;

/// <summary>
/// Folders of a project form layers: what one knows does not know it, not by way of others either. A file on top of a project
/// belongs to no folder: it is what the folders share, or what puts them together, never both.
/// </summary>
public sealed class FolderCycleTests
{
    public static TheoryData<string> Projects => [.. Assemblies.Keys];

    private static readonly Dictionary<string, Assembly> Assemblies = new()
    {
        ["grain-interfaces"] = typeof(GrainKeys).Assembly,
        ["grains"] = typeof(GrainServices).Assembly,
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void FoldersOfAProjectFormNoCircle(string project)
    {
        var known = KnownBy(Assemblies[project]);
        // Otherwise there would be no circle for the wrong reason.
        Assert.True(known.Values.Sum(folders => folders.Count) > known.Count / 2);
        while (known.Keys.FirstOrDefault(IsAtAnEnd) is { } end) known.Remove(end);
        Assert.True(known.Count == 0, string.Join("; ", known.Select(
            folder => $"{folder.Key} knows {string.Join(", ", folder.Value.Where(known.ContainsKey))}")));

        bool IsAtAnEnd(string folder) =>
            !known[folder].Any(known.ContainsKey) || !known.Values.Any(others => others.Contains(folder));
    }

    /// <summary>Each folder, and the others of its project that it knows.</summary>
    private static Dictionary<string, HashSet<string>> KnownBy(Assembly project)
    {
        var types = project.GetTypes().Where(type => !type.IsNested && IsOurs(type)).ToList();
        return types.GroupBy(FolderOf).ToDictionary(folder => folder.Key, folder => folder
            .SelectMany(Code.TypesUsedBy)
            .Where(used => used.Assembly == project && IsOurs(used))
            .Select(FolderOf)
            .Where(other => other != folder.Key)
            .ToHashSet());
    }

    /// <summary>The whole namespace; on top of a project, where nothing else is said, the type as well.</summary>
    private static string FolderOf(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.Namespace == type.Assembly.GetName().Name ? type.FullName! : type.Namespace!;
    }

    /// <summary>Whether it was written by people, and not by the serializer's generator or the compiler.</summary>
    private static bool IsOurs(Type type) =>
        type.Namespace?.StartsWith(type.Assembly.GetName().Name!, StringComparison.Ordinal) == true
        && !type.IsDefined(typeof(CompilerGeneratedAttribute));
}
