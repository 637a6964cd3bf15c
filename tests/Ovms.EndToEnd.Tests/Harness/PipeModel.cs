using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A model whose load never ends: its compiled form in the model cache is a named pipe that nobody writes to. The engine opens it and
/// waits, as it would for a disk that is gone.
/// </summary>
internal sealed class PipeModel : IDisposable
{
    private const uint ReadAndWrite = 0b110_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-pipe-");

    private PipeModel()
    {
    }

    /// <summary>The model's base path.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "model");

    /// <summary>What a server needs on its command line for the load not to end.</summary>
    public string[] Arguments => ["--cache_dir", System.IO.Path.Combine(_folder.FullName, "cache")];

    /// <summary>Makes such a model.</summary>
    public static async Task<PipeModel> MakeAsync()
    {
        PipeModel model = new();
        await PutAsync(model.Arguments[1], model.Path);
        return model;
    }

    /// <summary>Puts version 1 of such a model into each base path.</summary>
    /// <param name="cache">The folder for --cache_dir.</param>
    /// <param name="basePaths">Each gets the dummy model.</param>
    public static async Task PutAsync(string cache, params string[] basePaths)
    {
        foreach (string basePath in basePaths)
        {
            string version = Directory.CreateDirectory(System.IO.Path.Combine(basePath, "1")).FullName;
            foreach (string file in Directory.EnumerateFiles(System.IO.Path.Combine(Repo.Model("dummy"), "1")))
            {
                File.Copy(file, System.IO.Path.Combine(version, System.IO.Path.GetFileName(file)));
            }
        }

        // A first run fills the cache.
        IEnumerable<string> entries = basePaths.Select(static (path, index) => $$$"""{"config": {"name": "m{{{index}}}", "base_path": {{{JsonSerializer.Serialize(path)}}}}}""");
        using ConfigFolder config = new($$"""{"model_config_list": [{{string.Join(", ", entries)}}]}""");
        await using OvmsProcess filling = OvmsProcess.Start(["--config_path", config.File, "--cache_dir", cache, "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1"]);
        await filling.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        await filling.StopAsync();
        string[] blobs = Directory.GetFiles(cache, "*.blob");
        await Assert.That(blobs).IsNotEmpty();
        foreach (string blob in blobs)
        {
            File.Delete(blob);
            MakePipe(blob);
        }
    }

    /// <summary>Makes a pipe, with the folders above it.</summary>
    public static void MakePipe(string path)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (MakePipe(path, ReadAndWrite) != 0)
        {
            throw new InvalidOperationException($"The pipe {path} could not be made.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
