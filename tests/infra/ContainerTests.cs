using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Infra.Tests.Support;

namespace Gatehouse.Infra.Tests;

/// <summary>infra/container: the image is built, and its program runs as the image says.</summary>
public sealed class ContainerTests
{
    [Fact]
    public async Task TheProgramRunsAsNobodyOnARootThatItCannotWriteTo()
    {
        await using var images = new Images();
        await images.Build("gatehouse");
        await using var database = await TestDatabase.Create();
        var container = await Container.Create(images, "gatehouse", new()
        {
            ["Urls"] = $"http://+:{FreePort()}",
            ["ConnectionStrings__Postgres"] = database.ConnectionString,
            ["Gatehouse__Token__Keys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        });
        Assert.NotEqual(0, await container.Run("bash", "-c", ": > /app/written"));
        Assert.NotEqual(0, await container.Run(container.HealthCheck));

        using var program = container.Start();
        var log = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            var deadline = Stopwatch.StartNew();
            while (await container.Run(container.HealthCheck) != 0)
            {
                Assert.False(program.HasExited || deadline.Elapsed > TimeSpan.FromSeconds(60), "it does not become healthy");
                await Task.Delay(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);
            }
            Assert.Contains("\nUid:\t1654\t1654", await File.ReadAllTextAsync($"/proc/{program.Id}/status", TestContext.Current.CancellationToken));
            await Tool.Run("kill", "-TERM", $"{program.Id}");
            await program.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
            Assert.True(program.ExitCode == 0, await log);
        }
        finally
        {
            if (!program.HasExited) program.Kill();
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
