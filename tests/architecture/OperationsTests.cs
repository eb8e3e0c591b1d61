using System.Reflection;
using System.Text.RegularExpressions;
using Gatehouse.Architecture.Tests.Support;
using Gatehouse.GrainInterfaces.Operators;

namespace Gatehouse.Architecture.Tests;

/// <summary>docs/OPERATIONS.md says what each entry of the audit log means.</summary>
public sealed partial class OperationsTests
{
    [Fact]
    public void EveryActionOfTheConsoleHasItsRow() => Assert.Equal(
        typeof(AuditAction).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Order(),
        Row().Matches(Repository.Read("docs/OPERATIONS.md")).SelectMany(row => Name().Matches(row.Groups[1].Value))
            .Select(name => name.Groups[1].Value).Order());

    [GeneratedRegex("""^\| ((?:`[a-z_]+`(?:, )?)+) \| (?:user|room|console) """, RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();
}
