using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>Which rooms there are. Keeps nothing, so that every process has its own. Calls <see cref="IRoomGrain"/>.</summary>
[Alias("Gatehouse.IRoomDirectoryGrain")]
public interface IRoomDirectoryGrain : IGrainWithStringKey
{
    /// <summary>How many rooms <see cref="GetLargest"/> asks at most.</summary>
    const int MaxAsked = 5000;

    /// <summary>The rooms with the most sessions, of the whole cluster; of more than <see cref="MaxAsked"/> that are active, of any of them.</summary>
    /// <param name="limit">1 to 200.</param>
    [Alias("GetLargest"), AlwaysInterleave]
    Task<ImmutableArray<RoomSummary>> GetLargest(int limit);

    /// <summary>Rooms that have stored messages.</summary>
    /// <param name="prefix">What their names begin with; empty for all.</param>
    /// <param name="after">A name; empty from the first.</param>
    /// <param name="limit">1 to 200.</param>
    [Alias("List"), AlwaysInterleave]
    Task<RoomNames> List(string prefix, string after, int limit);
}
