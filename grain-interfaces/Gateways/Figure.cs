namespace Gatehouse.GrainInterfaces.Gateways;

/// <summary>Something that a process counts, as its <c>/metrics</c> say it.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Labels">Its labels, such as <c>transport="signalr"</c>; may be empty.</param>
/// <param name="Value">How much.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Figure")]
public sealed record Figure([property: Id(0)] string Name, [property: Id(1)] string Labels, [property: Id(2)] double Value);
