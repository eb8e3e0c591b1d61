using System.Text.RegularExpressions;
using Gatehouse.Architecture.Tests.Support;

namespace Gatehouse.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int MaxLines = 400;

    private static readonly string[] Text = [".cs", ".js", ".css", ".html", ".sql", ".md", ".sh", ".csproj", ".props", ".targets", ".json", ""];

    /// <summary>
    /// Longer for a reason: written by a tool, or by lawyers, the page's one style sheet, or every message in one place.
    /// </summary>
    private static readonly string[] MayBeLong =
        ["package-lock.json", "Orleans.sln", "LICENSE", "style.css", "PROTOCOLS.md"];

    [Fact]
    public void NoFileIsTooLongToRead() => Assert.Empty(
        from path in TextFiles()
        where !MayBeLong.Contains(Path.GetFileName(path))
        let lines = Repository.Read(path).Count(letter => letter == '\n')
        where lines > MaxLines
        select $"{path}: {lines} lines");

    [Fact]
    public void NothingIsLeftToDo()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];
        Assert.Empty(
            from path in TextFiles()
            where !MayBeLong.Contains(Path.GetFileName(path))
            let text = Repository.Read(path)
            from mark in marks
            where text.Contains(mark, StringComparison.Ordinal)
            select $"{path}: {mark}");
    }

    [Fact]
    public void TestsWaitForEventsAndNotForTime() => Assert.All(
        Repository.FilesIn("tests/", ".cs"), path => Assert.DoesNotMatch(Sleep(), Repository.Read(path)));

    /// <summary>Waiting for ever until somebody cancels is waiting for an event.</summary>
    [GeneratedRegex("""Thread\.Sleep\(|Task\.Delay\((?!Timeout\.)""")]
    private static partial Regex Sleep();

    private static IEnumerable<string> TextFiles() => Repository.Files.Where(path => Text.Contains(Path.GetExtension(path)));
}
