using System.ComponentModel;
using System.Diagnostics;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>An emulator of an object store from tests/emulators, on loopback. Disposal ends exactly this process.</summary>
internal sealed class Emulator : IAsyncDisposable
{
    private static readonly Lazy<Task<string?>> s_s3 = new(() => InstallAsync("s3rver"));
    private static readonly Lazy<Task<string?>> s_azure = new(() => InstallAsync("azurite"));

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

    private static string Home(string name) => Path.Combine(Repo.Root, ".cache", "emulators", name);

    private static string Script(string name, string path) => Path.Combine(Home(name), "node_modules", name, path);

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

    // Null when it is there; else why it is not.
    private static async Task<string?> InstallAsync(string name)
    {
        string source = Path.Combine(Repo.Root, "tests", "emulators", name);
        string stamp = Path.Combine(Home(name), "stamp");
        string wanted = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
        {
            return null;
        }

        Directory.CreateDirectory(Home(name));
        foreach (string file in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(Path.Combine(source, file), Path.Combine(Home(name), file), overwrite: true);
        }

        try
        {
            ProcessStartInfo start = new("npm", ["ci", "--ignore-scripts", "--omit=dev", "--omit=optional", "--no-audit", "--no-fund", "--fetch-retries=1"])
            {
                WorkingDirectory = Home(name),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process npm = Process.Start(start)!;
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            Task<string> errors = npm.StandardError.ReadToEndAsync();
            try
            {
                await npm.WaitForExitAsync().WaitAsync(OvmsProcess.Patience * 3);
            }
            catch (TimeoutException)
            {
                npm.Kill(entireProcessTree: true);
                return $"npm did not bring {name} in time.";
            }

            string last = (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(static line => line.Contains("error", StringComparison.Ordinal)) ?? await output;
            if (npm.ExitCode != 0)
            {
                // A package that is not what the lock file says is no lack of the machine.
                return last.Contains("EINTEGRITY", StringComparison.Ordinal) ? throw new InvalidOperationException(await errors) : $"npm could not bring {name}: {last.Trim()}";
            }
        }
        catch (Win32Exception)
        {
            return $"npm, which brings {name}, is not installed.";
        }

        await File.WriteAllTextAsync(stamp, wanted);
        return null;
    }
}
