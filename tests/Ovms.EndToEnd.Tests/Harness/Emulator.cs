using System.Diagnostics;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>An emulator of an object store from tests/emulators, on loopback. Disposal ends exactly this process.</summary>
internal sealed class Emulator : IAsyncDisposable
{
    private static readonly Lazy<Task<string?>> s_s3 = new(() => NodePackage.InstallAsync("s3rver"));
    private static readonly Lazy<Task<string?>> s_azure = new(() => NodePackage.InstallAsync("azurite"));

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private Emulator(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Where it keeps its data.</summary>
    public string Folder => _folder.FullName;

    /// <summary>An S3 server with the bucket "models" and the keys S3RVER, S3RVER; it takes requests without a signature too.</summary>
    public static async Task<Emulator> S3Async()
    {
        string? lack = await s_s3.Value;
        Skip.When(lack is not null, lack ?? "");
        return await StartAsync(static (folder, port) => [Script("s3rver", "bin/s3rver.js"), "-a", "127.0.0.1", "-p", $"{port}", "-d", folder, "--configure-bucket", "models"], "listening");
    }

    /// <summary>Azure's blob service with its well-known account.</summary>
    public static async Task<Emulator> AzureAsync()
    {
        string? lack = await s_azure.Value;
        Skip.When(lack is not null, lack ?? "");
        return await StartAsync(
            static (folder, port) => [Script("azurite", "dist/src/blob/main.js"), "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--location", folder, "--skipApiVersionCheck", "--disableTelemetry"],
            "successfully listens");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Script(string name, string path) => Path.Combine(NodePackage.Home(name), "node_modules", name, path);

    private static async Task<Emulator> StartAsync(Func<string, int, string[]> arguments, string ready)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-emulator-");
        int port = FreePort.Next();
        Process process = Process.Start(new ProcessStartInfo("node", arguments(folder.FullName, port)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.FullName })!;
        TaskCompletionSource<bool> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> said = [];
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetResult(false);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Emulator emulator = new(process, folder, port);
        try
        {
            return await listening.Task.WaitAsync(OvmsProcess.Patience) ? emulator : throw new InvalidOperationException($"The emulator ended: {string.Join('\n', said)}");
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }

        void Hear(string? line)
        {
            lock (said)
            {
                said.Add(line ?? "");
            }

            if (line?.Contains(ready, StringComparison.Ordinal) == true)
            {
                listening.TrySetResult(true);
            }
        }
    }
}
