using System.Diagnostics;
using System.Text.Json;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>
/// A container of one of our images, without an engine: its file system is the root of a process, which can write nothing to it
/// and is the image's user.
/// </summary>
internal sealed class Container
{
    private const string User = "1654";

    private readonly string _root;
    private readonly JsonElement _image;
    private readonly Dictionary<string, string> _environment;

    private Container(string root, JsonElement image, Dictionary<string, string> environment) =>
        (_root, _image, _environment) = (root, image, environment);

    public string[] HealthCheck => [.. Strings(_image.GetProperty("Healthcheck").GetProperty("Test")).Skip(1)];

    public static async Task<Container> Create(Images images, string image, Dictionary<string, string> settings)
    {
        var (root, inspection) = await images.Mount(image);
        Assert.Equal($"{User}:{User}", inspection.GetProperty("User").GetString());
        var environment = Strings(inspection.GetProperty("Env"))
            .Select(line => line.Split('=', 2)).ToDictionary(it => it[0], it => it[1]);
        foreach (var (name, value) in settings) environment[name] = value;
        return new(root, inspection, environment);
    }

    /// <summary>Starts what the image starts.</summary>
    public Process Start() => Start([.. Strings(_image.GetProperty("Entrypoint"))]);

    /// <summary>Runs another command to its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Run(params string[] command)
    {
        using var process = Start(command);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
        return process.ExitCode;
    }

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(it => it.GetString()!);

    private Process Start(string[] command) => Tool.Start(
        "unshare",
        ["--mount", "env", "--ignore-environment", .. _environment.Select(it => $"{it.Key}={it.Value}"),
            "bash", "tests/infra/enter.sh", _root, User, _image.GetProperty("WorkingDir").GetString()!, .. command]);
}
