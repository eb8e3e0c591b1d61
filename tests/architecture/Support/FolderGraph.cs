namespace Gatehouse.Architecture.Tests.Support;

/// <summary>
/// Which folder of a project knows which other, by what is compiled: a folder is a namespace. On top of a project each file stands
/// for itself: it is what the folders share, or what puts them together, never both.
/// </summary>
internal static class FolderGraph
{
    /// <summary>"Who uses what" of one folder by another, for all types of an assembly.</summary>
    /// <param name="member">Any type of the project's first folder.</param>
    public static List<Use> Of(Type member)
    {
        var root = member.Namespace!;
        return
        [
            .. from user in member.Assembly.GetTypes()
               where !user.IsNested && IsOurs(user)
               from used in Code.TypesUsedBy(user)
               where used.Assembly == member.Assembly && IsOurs(used) && FolderOf(used) != FolderOf(user)
               select new Use(FolderOf(user), FolderOf(used), $"{user.Name} uses {used.Name}"),
        ];

        bool IsOurs(Type type) => type.Namespace == root || type.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true;

        string FolderOf(Type type)
        {
            while (type.DeclaringType is { } outer) type = outer;
            return type.Namespace == root ? type.FullName! : type.Namespace!;
        }
    }

    /// <summary>The same of a library for others, which has few namespaces: there, a folder is where a type's file lies.</summary>
    /// <param name="member">Any type of the library.</param>
    /// <param name="folder">Where its sources are.</param>
    public static List<Use> OfSources(Type member, string folder)
    {
        var folders = Repository.FilesIn(folder, ".cs").ToLookup(
            file => Path.GetFileName(file).Split('.')[0], file => Path.GetDirectoryName(file)!);
        return
        [
            .. from user in member.Assembly.GetTypes()
               where !user.IsNested
               from home in folders[NameOf(user)].Distinct()
               from used in Code.TypesUsedBy(user)
               where used.Assembly == member.Assembly
               from to in folders[NameOf(used)].Distinct()
               where home != to
               select new Use(home, to, $"{user.Name} uses {used.Name}"),
        ];

        static string NameOf(Type type)
        {
            while (type.DeclaringType is { } outer) type = outer;
            return type.Name.Split('`')[0];
        }
    }

    /// <summary>The uses that lie on a circle, or between two circles.</summary>
    public static List<Use> Circles(IEnumerable<Use> uses)
    {
        var left = uses.ToList();
        while (true)
        {
            var (users, used) = (left.Select(use => use.From).ToHashSet(), left.Select(use => use.To).ToHashSet());
            // Whoever knows nobody, or is known by nobody, is on no circle.
            if (left.RemoveAll(use => !users.Contains(use.To) || !used.Contains(use.From)) == 0) return left;
        }
    }
}

/// <summary>One folder knows another.</summary>
/// <param name="From">The folder that knows.</param>
/// <param name="To">The folder that is known.</param>
/// <param name="Reason">Which type uses which.</param>
internal sealed record Use(string From, string To, string Reason);
