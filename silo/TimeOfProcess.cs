namespace Gatehouse.Silo;

/// <summary>
/// The system's time, with time stamps that begin when this process does. Orleans' watchdog measures its first interval from
/// time stamp 0, and would complain at every start that it had not run since the machine did.
/// </summary>
internal sealed class TimeOfProcess : TimeProvider
{
    private readonly long _start = System.GetTimestamp();

    public override long GetTimestamp() => System.GetTimestamp() - _start;
}
