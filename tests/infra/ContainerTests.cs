using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Infra.Tests.Support;

namespace Gatehouse.Infra.Tests;

/// <summary>infra/container: the images are built, and their programs run as the images say.</summary>
public sealed class ContainerTests
{
    private static readonly string[] Programs = ["silo", "gateway", "gatehouse"];

    [Fact]
    public async Task ProgramsRunAsNobodyOnRootsThatTheyCannotWriteTo()
    {
        await using var images = new Images();
        await images.BuildBase();
        foreach (var program in Programs) await images.Build(program);
        await using var database = await TestDatabase.Create();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var running = new List<Process>();
        try
        {
            foreach (var program in Programs)
            {
                var container = await Container.Create(images, program, new()
                {
                    ["Urls"] = $"http://+:{FreePort()}",
                    ["ConnectionStrings__Postgres"] = database.ConnectionString,
                    ["Gatehouse__Token__Keys__0"] = key,
                });
                Assert.NotEqual(0, await container.Run("bash", "-c", ": > /app/written"));
                Assert.NotEqual(0, await container.Run(container.HealthCheck));
                running.Add(container.Start());
                await BecomesHealthy(container, running[^1]);
                Assert.Contains("\nUid:\t1654\t1654", await Tool.Run("cat", $"/proc/{running[^1].Id}/status"));
            }
            // The opposite order, so that nobody has to do without.
            foreach (var process in running.AsEnumerable().Reverse())
            {
                await Tool.Run("kill", "-TERM", $"{process.Id}");
                await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
                Assert.Equal(0, process.ExitCode);
            }
        }
        finally
        {
            foreach (var process in running.Where(it => !it.HasExited)) process.Kill();
        }
    }

    private static async Task BecomesHealthy(Container container, Process process)
    {
        var log = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var deadline = Stopwatch.StartNew();
        using var often = new PeriodicTimer(TimeSpan.FromSeconds(0.25));
        while (await container.Run(container.HealthCheck) != 0)
        {
            if (process.HasExited) Assert.Fail(string.Join('\n', await log));
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), "it does not become healthy");
            await often.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
