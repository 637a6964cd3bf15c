using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// The public KServe client for Python against the published binary. Each check of the scripts in tests/clients is a test; a script
/// runs once.
/// </summary>
public sealed class TritonClientTests
{
    private static readonly List<OvmsServer> s_servers = [];
    private static readonly Dictionary<string, Lazy<Task<IReadOnlyDictionary<string, string?>>>> s_runs = [];

    [Before(Class)]
    public static async Task StartServers()
    {
        foreach ((string name, string model) in ((string, string)[])[("dummy", "dummy"), ("all_types", "all_types"), ("strings", "passthrough_string")])
        {
            s_servers.Add(await OvmsServer.StartAsync(Repo.Model(model), name));
        }

        // One call alone waits that long for others to make a batch.
        s_servers.Add(await OvmsServer.StartAsync(Repo.Model("dummy"), "slow", "--target_device", "BATCH:CPU(4)", "--plugin_config", """{"AUTO_BATCH_TIMEOUT": 2000}"""));
        s_servers.Add(await OvmsServer.StartAsync(Repo.Model("accumulator"), "sums", "--stateful"));

        // The scripts run side by side: each counts the calls of a server that the others do not call.
        s_servers.Add(await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy"));
        s_servers.Add(await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy"));
        Dictionary<string, string> grpc = new() { ["dummy"] = Grpc(0), ["all_types"] = Grpc(1), ["strings"] = Grpc(2), ["slow"] = Grpc(3), ["sums"] = Grpc(4), ["counted"] = Grpc(5), ["dummy_http"] = Http(0) };
        Dictionary<string, string> http = new() { ["dummy"] = Http(0), ["all_types"] = Http(1), ["strings"] = Http(2), ["slow"] = Http(3), ["sums"] = Http(4), ["counted"] = Http(6) };
        s_runs["grpc_client.py"] = new(() => TritonClient.RunAsync("grpc_client.py", grpc));
        s_runs["http_client.py"] = new(() => TritonClient.RunAsync("http_client.py", http));
        s_runs["aio_clients.py"] = new(() => TritonClient.RunAsync("aio_clients.py", grpc));
    }

    [After(Class)]
    public static async Task StopServers()
    {
        foreach (OvmsServer server in s_servers)
        {
            await server.DisposeAsync();
        }
    }

    public static IEnumerable<string> GrpcChecks() => TritonClient.ChecksOf("grpc_client.py");

    public static IEnumerable<string> HttpChecks() => TritonClient.ChecksOf("http_client.py");

    public static IEnumerable<string> AioChecks() => TritonClient.ChecksOf("aio_clients.py");

    [Test]
    [MethodDataSource(nameof(GrpcChecks))]
    public Task GrpcClient_IsAtHome(string check) => HoldsAsync("grpc_client.py", check);

    [Test]
    [MethodDataSource(nameof(HttpChecks))]
    public Task HttpClient_IsAtHome(string check) => HoldsAsync("http_client.py", check);

    [Test]
    [MethodDataSource(nameof(AioChecks))]
    public Task AsyncClients_AreAtHome(string check) => HoldsAsync("aio_clients.py", check);

    private static async Task HoldsAsync(string script, string check)
    {
        IReadOnlyDictionary<string, string?> ended = await s_runs[script].Value;
        await Assert.That(ended.ContainsKey(check)).IsTrue().Because($"{script} did not run {check}");
        await Assert.That(ended[check]).IsNull();
    }

    private static string Grpc(int server) => $"127.0.0.1:{s_servers[server].GrpcPort}";

    private static string Http(int server) => $"127.0.0.1:{s_servers[server].RestPort}";
}
