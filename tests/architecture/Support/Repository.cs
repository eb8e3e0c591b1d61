namespace Gatehouse.Architecture.Tests.Support;

/// <summary>The files that people wrote.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = [".git", ".artifacts", ".data", "node_modules", "bin", "obj", "lib"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths from the root, with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. List(new DirectoryInfo(Root)).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> FilesIn(string folder, string ending) => Files.Where(
        path => path.StartsWith(folder, StringComparison.Ordinal) && path.EndsWith(ending, StringComparison.Ordinal));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> List(DirectoryInfo folder) => folder.EnumerateFiles()
        .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
        .Concat(folder.EnumerateDirectories().Where(child => !NotOurs.Contains(child.Name)).SelectMany(List));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
