using System.Diagnostics;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>Programs of this machine that check our files. ./test installs them and says where they are.</summary>
internal static class Tool
{
    /// <summary>Where a program is; a test without it is skipped, with the reason.</summary>
    public static string Find(string variable)
    {
        var path = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(path)) Assert.Skip($"{variable} is not set: ./test installs the program and sets it.");
        return path!;
    }

    /// <summary>What a program says, run from the root of the checkout; the test fails with its complaint if it fails.</summary>
    public static async Task<string> Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var (output, complaint) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{await output}\n{await complaint}");
        return await output;
    }

    public static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = Repository.Root,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
