namespace SocketIo.Bench;

/// <summary>Measures what a connection costs that says nothing.</summary>
internal static class IdleRun
{
    private const int Before = 2000; // so that code and pools are warm
    private const int Counted = 8000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(int port, ServerProcess server)
    {
        var clients = new List<Client>();
        await AddAsync(clients, port, Before);
        var uncollected = server.ResidentBytes;
        var collected = await CollectAsync(port, server);
        await AddAsync(clients, port, Counted);
        Console.WriteLine($"bytes_per_idle {(server.ResidentBytes - uncollected) / Counted:0}");
        Console.WriteLine($"bytes_per_idle_collected {(await CollectAsync(port, server) - collected) / Counted:0}");
        GC.KeepAlive(clients);
    }

    private static async Task<double> CollectAsync(int port, ServerProcess server)
    {
        using var http = new HttpClient();
        await http.GetAsync($"http://localhost:{port}/gc");
        await Task.Delay(Settling);
        return server.ResidentBytes;
    }

    private static async Task AddAsync(List<Client> clients, int port, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var client = new Client();
            await client.ConnectAsync(port, "40");
            clients.Add(client);
        }

        await Task.Delay(Settling);
    }
}
