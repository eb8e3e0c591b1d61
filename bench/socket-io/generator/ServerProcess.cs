using System.Globalization;

namespace SocketIo.Bench;

/// <summary>What the kernel knows of the server's process.</summary>
internal sealed class ServerProcess(params int[] pids)
{
    private const double TicksPerSecond = 100; // USER_HZ of every Linux

    /// <summary>User and system time so far, in seconds.</summary>
    public double CpuSeconds => pids.Sum(pid =>
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    });

    /// <summary>Resident memory, in bytes.</summary>
    public double ResidentBytes =>
        pids.Sum(pid => Number(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1])) * Environment.SystemPageSize;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
