using System.Globalization;

namespace Gatehouse.Bench;

/// <summary>Figures as bench/run reads them.</summary>
internal static class Output
{
    public static void Print(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:0.00}"));
}
