namespace Gatehouse.GrainInterfaces.Cluster;

/// <summary>
/// Answers at whatever silo the gateway's connection leads to that calls to it go by, so that the gateway knows that it still leads there.
/// Orleans keeps to one connection for each key. Never repeated when it is lost.
/// </summary>
[Alias("Gatehouse.ISiloProbeGrain")]
public interface ISiloProbeGrain : IGrainWithStringKey
{
    /// <summary>Which silo this is: its IP address, a slash, and the generation by which Orleans tells the lives of a silo apart.</summary>
    [Alias("Answer")]
    Task<string> Answer();
}
