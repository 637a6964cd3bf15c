using System.Text.Json;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// One server with two GPUs for all tests that only call it: the dummy in every <see cref="GpuMode"/>, the other models that the layer can
/// compute on the CPU and on a GPU, and models of open shapes. The first test that asks for it starts it.
/// </summary>
internal sealed class GpuServer : IAsyncDisposable
{
    /// <summary>Tests that count kernels of this server do not run side by side.</summary>
    public const string Alone = "GpuServer";

    private readonly Lock _starting = new();
    private Task<(OvmsServer Server, Gpu Gpu)>? _started;
    private ConfigFolder? _folder;
    private Gpu? _gpu;
    private OvmsServer? _server;

    /// <summary>Models that are served twice: as <c>NAME-cpu</c> and as <c>NAME-gpu</c>.</summary>
    public static IReadOnlyList<string> OnBoth { get; } =
    [
        "dummy", "versions", "summator", "increment_1x3x4x5", "scalar", "dynamic",
        "half_plus_two", "half_plus_two_frozen", "add_half_tflite", "paddle_linear",
    ];

    /// <summary>The server and its GPUs, ready; skips the test where there are none. The start is tried once for all tests.</summary>
    public Task<(OvmsServer Server, Gpu Gpu)> StartedAsync()
    {
        lock (_starting)
        {
            return _started ??= StartAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gpu?.Dispose();
        _folder?.Dispose();
    }

    private async Task<(OvmsServer Server, Gpu Gpu)> StartAsync()
    {
        _gpu = new Gpu(2);
        _folder = new ConfigFolder(Config());
        _server = await OvmsServer.StartOnAsync("Ready after", _gpu.Variables, "--config_path", _folder.File);
        return (_server, _gpu);
    }

    private static string Config()
    {
        IEnumerable<string> models =
        [
            .. GpuMode.All.Select(static mode => Model(mode.Name, "dummy", mode.Device, $", \"plugin_config\": {mode.Config}")),
            .. OnBoth.SelectMany(static name => new[] { Model($"{name}-cpu", name, "CPU"), Model($"{name}-gpu", name, "GPU.1") }),
            Model("auto-batch", "dummy", "GPU", ", \"batch_size\": \"auto\""),
            Model("auto-shape", "summator", "GPU.1", ", \"shape\": \"auto\""),
        ];
        return $$"""{"model_config_list": [{{string.Join(", ", models)}}]}""";

        static string Model(string name, string model, string device, string more = "")
        {
            string path = JsonSerializer.Serialize(Repo.Model(model));
            return $$$"""{"config": {"name": "{{{name}}}", "base_path": {{{path}}}, "target_device": "{{{device}}}"{{{more}}}}}""";
        }
    }
}
