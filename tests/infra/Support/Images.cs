using System.Text.Json;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>Images that buildah builds, in a store of the tests' own.</summary>
internal sealed class Images : IAsyncDisposable
{
    private const string Base = "localhost/dotnet/aspnet";

    private readonly string _store = Directory.CreateTempSubdirectory("gatehouse-images-").FullName;
    private readonly string _buildah = Tool.Find("GATEHOUSE_BUILDAH");

    private string[] Store => ["--root", $"{_store}/root", "--runroot", $"{_store}/run"];

    /// <summary>Builds what all start from, of what this machine has installed.</summary>
    public Task BuildBase() => Tool.Run(
        "env", $"BUILDAH={_buildah} {string.Join(' ', Store)}", "tests/infra/base-image.sh", Base);

    /// <summary>Builds the image of a program as the build left it: to compile it for the machine takes its time.</summary>
    /// <param name="program">A stage of the container file, which is also a folder.</param>
    public async Task Build(string program)
    {
        var project = Path.GetFileNameWithoutExtension(Assert.Single(Repository.FilesIn(program + "/", ".csproj")));
        await Tool.Run(
            "dotnet", "publish", program, "-c", "Release", "--no-build", "-p:PublishReadyToRun=false",
            "--output", $"{_store}/context/.artifacts/publish/{project}/release");
        await Buildah(
            "build", "--isolation", "chroot", "--format", "docker", "--pull-never", "--build-arg", $"BASE={Base}",
            "--file", Path.Combine(Repository.Root, "infra/container/Containerfile"), "--target", program,
            "--tag", $"localhost/{program}", $"{_store}/context");
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
