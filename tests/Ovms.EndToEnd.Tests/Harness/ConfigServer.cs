using System.Text.Json;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A published binary over a config.json of two models, REST only.</summary>
internal sealed class ConfigServer : IAsyncDisposable
{
    private readonly Files _files;

    private ConfigServer(Files files, OvmsProcess process, int port)
    {
        _files = files;
        Process = process;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = OvmsProcess.Patience };
    }

    public OvmsProcess Process { get; }

    public HttpClient Http { get; }

    /// <summary>The file it goes by.</summary>
    public string ConfigPath => _files.Path;

    /// <summary>Starts and waits until both are available.</summary>
    /// <param name="monitoring">JSON of the section; null = none.</param>
    /// <param name="more">Further arguments.</param>
    public static async Task<ConfigServer> StartAsync(string? monitoring, params string[] more)
    {
        Files files = new(monitoring);
        int port = FreePort.Next();
        ConfigServer server = new(files, OvmsProcess.Start(["--config_path", files.Path, "--rest_port", $"{port}", "--rest_bind_address", "127.0.0.1", .. more]), port);
        try
        {
            await server.Process.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
        _files.Dispose();
    }

    /// <summary>The file, in a folder of its own.</summary>
    internal sealed class Files : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("ovms-config-").FullName;

        public Files(string? monitoring)
        {
            string path = JsonSerializer.Serialize(Repo.Model("dummy"));
            string section = monitoring is null ? "" : $", \"monitoring\": {monitoring}";
            File.WriteAllText(Path, $$$"""{"model_config_list": [{"config": {"name": "one", "base_path": {{{path}}}}}, {"config": {"name": "two", "base_path": {{{path}}}}}]{{{section}}}}""");
        }

        public string Path => System.IO.Path.Combine(_folder, "config.json");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
