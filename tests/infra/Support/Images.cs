using System.Text.Json;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>Images that buildah builds, in a store of the tests' own.</summary>
internal sealed class Images : IAsyncDisposable
{
    private const string Base = "localhost/dotnet/aspnet";

    private readonly string _store = Directory.CreateTempSubdirectory("gatehouse-images-").FullName;
    private readonly string _buildah = Tool.Find("GATEHOUSE_BUILDAH");

    private string[] Store => ["--root", $"{_store}/root", "--runroot", $"{_store}/run"];

    /// <summary>Builds the image of a program, on a base that is made of what this machine has installed.</summary>
    public async Task Build(string program)
    {
        await Tool.Run("env", $"BUILDAH={_buildah} {string.Join(' ', Store)}", "tests/infra/base-image.sh", Base);
        await Tool.Run("dotnet", "publish", program, "-c", "Release", "--no-build");
        await Buildah(
            "build", "--isolation", "chroot", "--format", "docker", "--pull-never", "--build-arg", $"BASE={Base}",
            "--file", "infra/container/Containerfile", "--target", program, "--tag", $"localhost/{program}", ".");
    }

    /// <summary>Where a new container of an image has its files, and what the image says of itself.</summary>
    public async Task<(string Root, JsonElement Image)> Mount(string image)
    {
        var container = (await Buildah("from", "--pull-never", $"localhost/{image}")).Trim();
        var root = (await Buildah("mount", container)).Trim();
        using var inspection = JsonDocument.Parse(await Buildah("inspect", container));
        return (root, inspection.RootElement.GetProperty("Docker").GetProperty("config").Clone());
    }

    public async ValueTask DisposeAsync()
    {
        await Buildah("rm", "--all");
        Directory.Delete(_store, recursive: true);
    }

    private Task<string> Buildah(params string[] arguments) => Tool.Run(_buildah, [.. Store, .. arguments]);
}
