namespace Gatehouse.Hosting;

/// <summary>A part of the program that has something to bring to an end before anything stops.</summary>
public interface IDrained
{
    /// <summary>Brings it to an end. Never throws.</summary>
    /// <param name="hurry">Cancelled when there is no more time.</param>
    Task Drain(CancellationToken hurry);
}
