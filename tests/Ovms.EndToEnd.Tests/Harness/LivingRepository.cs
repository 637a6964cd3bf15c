using System.Net;
using System.Text.Json;
using Grpc.Net.Client;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A repository and a config.json that change while a published binary serves them. The models add the number of the version that they
/// were copied from: an answer tells which files gave it.
/// </summary>
internal sealed class LivingRepository : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-living-");
    private GrpcChannel? _channel;

    public OvmsProcess Process { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public GRPCInferenceService.GRPCInferenceServiceClient Client { get; private set; } = null!;

    public int GrpcPort { get; private set; }

    /// <summary>What the binary gets in its environment.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    private string Config => Path.Combine(_folder.FullName, "config.json");

    /// <summary>A path inside.</summary>
    public string this[string relative] => Path.Combine(_folder.FullName, relative);

    /// <summary>Puts a version into its place at once.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="adds">Which of the test model's versions it is a copy of: what it adds.</param>
    public void Put(string model, long version, int adds)
    {
        string aside = this[$".aside/{Guid.NewGuid()}"];
        Directory.CreateDirectory(aside);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repo.Model("versions"), $"{adds}")))
        {
            File.Copy(file, Path.Combine(aside, Path.GetFileName(file)));
        }

        Directory.CreateDirectory(this[model]);
        string target = this[$"{model}/{version}"];
        if (Directory.Exists(target))
        {
            Directory.Move(target, aside + "-old");
        }

        Directory.Move(aside, target);
    }

    /// <summary>Puts a version whose model is cut off.</summary>
    public void PutBroken(string model, long version)
    {
        Put(model, version, 1);
        string xml = this[$"{model}/{version}/versions.xml"];
        File.WriteAllText(xml, File.ReadAllText(xml)[..200]);
    }

    /// <summary>Takes a version away at once.</summary>
    public void Remove(string model, long version)
    {
        Directory.CreateDirectory(this[".aside"]);
        Directory.Move(this[$"{model}/{version}"], this[$".aside/{Guid.NewGuid()}"]);
    }

    /// <summary>Writes the configuration at once.</summary>
    /// <param name="models">Each an object's inside after its name and path: <c>m</c>, or <c>m, "nireq": 2</c>.</param>
    public void Configure(params string[] models)
    {
        IEnumerable<string> entries = models.Select(model =>
        {
            string name = model.Split(',')[0];
            return $$$"""{"config": {"name": "{{{name}}}", "base_path": {{{JsonSerializer.Serialize(this[name])}}}{{{model[name.Length..]}}}}}""";
        });
        ConfigureRaw($$"""{"model_config_list": [{{string.Join(", ", entries)}}]}""");
    }

    /// <summary>Writes any text as the configuration.</summary>
    public void ConfigureRaw(string text)
    {
        File.WriteAllText(Config + ".new", text);
        File.Move(Config + ".new", Config, overwrite: true);
    }

    /// <summary>Starts the binary on the configuration and waits until it has tried everything.</summary>
    public Task StartAsync(params string[] more) => StartUntilAsync(["Ready after", "Started after"], more);

    /// <summary>Starts the binary on the configuration and waits for a part of a line.</summary>
    public Task StartUntilAsync(string awaited, params string[] more) => StartUntilAsync([awaited], more);

    private async Task StartUntilAsync(string[] awaited, string[] more)
    {
        (int grpc, int rest) = (GrpcPort = FreePort.Next(), FreePort.Next());
        Process = OvmsProcess.Start(["--config_path", Config, "--port", $"{grpc}", "--rest_port", $"{rest}", "--grpc_bind_address", "127.0.0.1", "--rest_bind_address", "127.0.0.1", .. more], Environment);
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpc}");
        Client = new GRPCInferenceService.GRPCInferenceServiceClient(_channel);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{rest}"), Timeout = OvmsProcess.Patience };
        await Process.WaitForLineAsync(line => awaited.Any(part => line.Contains(part, StringComparison.Ordinal)));
    }

    /// <summary>Asks for a reload.</summary>
    public async Task<(HttpStatusCode Code, string Body, string? Error)> ReloadAsync()
    {
        using HttpResponseMessage answer = await Http.PostAsync("/v1/config/reload", null);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), ErrorOf(answer));
    }

    /// <summary>The body of GET /v1/config, and what its header says.</summary>
    public async Task<(string Body, string? Error)> StatusAsync()
    {
        using HttpResponseMessage answer = await Http.GetAsync("/v1/config");
        return (await answer.Content.ReadAsStringAsync(), ErrorOf(answer));
    }

    /// <summary>A model's states as text: "1 END, 2 AVAILABLE".</summary>
    public async Task<string> StatesAsync(string model)
    {
        using JsonDocument document = JsonDocument.Parse((await StatusAsync()).Body);
        return document.RootElement.TryGetProperty(model, out JsonElement entry)
            ? string.Join(", ", entry.GetProperty("model_version_status").EnumerateArray().Select(static row => $"{row.GetProperty("version").GetString()} {row.GetProperty("state").GetString()}"))
            : "";
    }

    /// <summary>Waits until a model's states read so.</summary>
    public async Task UntilAsync(string model, string states)
    {
        // The server tells changes over no channel that could be awaited across a poll; each try is a call of its own.
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        string seen = "";
        while ((seen = await StatesAsync(model)) != states)
        {
            if (patience.IsCancellationRequested)
            {
                throw new InvalidOperationException($"{model} is at {seen}, wanted {states}.\n{Process.Output}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>What the model adds.</summary>
    public async Task<float> AddsAsync(string model, string version = "") =>
        (await Client.ModelInferAsync(Requests.For(model, version).WithRaw("b", "FP32", [1, 10], new float[10]))).Values<float>("a")[0];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        Http?.Dispose();
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static string? ErrorOf(HttpResponseMessage answer) => answer.Headers.TryGetValues("Ovms-Config-Error", out IEnumerable<string>? values) ? string.Join(' ', values) : null;
}
