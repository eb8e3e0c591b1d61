namespace Gatehouse.Grains.Tests.Histories;

/// <summary>Wrong passwords and banned guests are part of the histories.</summary>
public sealed class HistoryHouse : House
{
    protected override Dictionary<string, string?> Settings => new()
    {
        ["Gatehouse:Login:AccountFailures"] = "1000",
        ["Gatehouse:Room:Open"] = "true",
    };
}
