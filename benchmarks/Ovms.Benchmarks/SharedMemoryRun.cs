using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Benchmarks;

/// <summary>One caller whose input and output lie in shared memory, against the engine alone: what is left of transport's cost.</summary>
internal sealed class SharedMemoryRun
{
    private const double Least = 0.97;
    private const string Prefix = "/ovms_bench_";
    private const int MostOutput = 1 << 20;
    private readonly List<(Measured Engine, Measured Shared, Measured SharedSocket, Measured Sent)> _rounds = [];
    private readonly string _name;

    private SharedMemoryRun(Workload workload) => _name = workload.Name;

    /// <summary>Whether the call costs little beside the inference.</summary>
    public Goal Goal => Goal.AtLeast(
        $"{_name} through shared memory, 1 caller: calls/s of the engine's alone",
        Least,
        new Samples(_rounds.Select(static round => round.Shared.Rate / round.Engine.Rate)),
        Samples.Percent);

    /// <summary>Runs it.</summary>
    public static async Task<SharedMemoryRun> RunAsync(Workload workload, Scale scale)
    {
        SharedMemoryRun run = new(workload);
        Requests requests = workload.MakeRequests();
        using Server server = Server.Start([.. workload.Options, "--allow_shared_memory", Prefix]);
        string key = $"{Prefix}{Guid.NewGuid():N}";
        string file = $"/dev/shm{key}";
        try
        {
            string body = await ShareAsync(server, workload, requests, key, file);
            for (int round = 0; round < scale.Rounds; round++)
            {
                (Measured engine, _) = await PlainProgram.RunAsync(workload, 1, scale.Turn * 2);
                Measured shared = await Load.Grpc(server.GrpcPort, body).RunAsync(1, scale.Turn * 2);
                Measured socket = await Load.Grpc($"unix://{server.GrpcSocket}", body).RunAsync(1, scale.Turn * 2);
                Measured sent = await Load.Grpc(server.GrpcPort, requests.Grpc).RunAsync(1, scale.Turn * 2);
                run._rounds.Add((engine, shared, socket, sent));
            }
        }
        finally
        {
            File.Delete(file);
        }

        return run;
    }

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        string Row(string way, Func<(Measured Engine, Measured Shared, Measured SharedSocket, Measured Sent), Measured> which)
        {
            string Median(Func<Measured, double> figure) => Samples.Text(new Samples(_rounds.Select(round => figure(which(round)))).Median);
            string share = new Samples(_rounds.Select(round => which(round).Rate / round.Engine.Rate)).Spread(Samples.Percent);
            return $"| {way} | {Median(static one => one.Rate)} | {Median(static one => one.P50)} | {Median(static one => one.P99)} | {share} |";
        }

        yield return "| way | calls/s | p50 ms | p99 ms | calls/s of the engine's |";
        yield return "|---|---|---|---|---|";
        yield return Row("engine alone (plain C program)", static round => round.Engine);
        yield return Row("shared memory, called over TCP", static round => round.Shared);
        yield return Row("shared memory, called over a unix domain socket", static round => round.SharedSocket);
        yield return Row("sent over TCP", static round => round.Sent);
    }

    // Puts the inputs into one region, behind them room for the outputs, and writes a message that refers to it.
    private static async Task<string> ShareAsync(Server server, Workload workload, Requests requests, string key, string file)
    {
        ModelInferRequest message = ModelInferRequest.Parser.ParseFrom(await File.ReadAllBytesAsync(requests.Grpc));
        byte[] inputs = [.. message.RawInputContents.SelectMany(static content => content.ToByteArray())];
        await File.WriteAllBytesAsync(file, [.. inputs, .. new byte[MostOutput]]);
        long offset = 0;
        for (int i = 0; i < message.Inputs.Count; i++)
        {
            Refer(message.Inputs[i].Parameters, offset, message.RawInputContents[i].Length);
            offset += message.RawInputContents[i].Length;
        }

        message.RawInputContents.Clear();
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.RestPort}") };
        using HttpResponseMessage metadata = await http.GetAsync(new Uri($"/v2/models/{workload.Name}", UriKind.Relative));
        using JsonDocument json = JsonDocument.Parse(await metadata.Content.ReadAsStringAsync());
        JsonElement[] outputs = [.. json.RootElement.GetProperty("outputs").EnumerateArray()];
        foreach (JsonElement output in outputs)
        {
            ModelInferRequest.Types.InferRequestedOutputTensor asked = new() { Name = output.GetProperty("name").GetString() };
            Refer(asked.Parameters, offset, MostOutput / outputs.Length);
            offset += MostOutput / outputs.Length;
            message.Outputs.Add(asked);
        }

        string form = $$"""{"key":"{{key}}","offset":0,"byte_size":{{inputs.Length + MostOutput}}}""";
        using HttpResponseMessage registered = await http.PostAsync(
            new Uri("/v2/systemsharedmemory/region/bench/register", UriKind.Relative), new StringContent(form));
        registered.EnsureSuccessStatusCode();
        return Bodies.Write($"{workload.Name}.shared.pb", message.ToByteArray());
    }

    private static void Refer(MapField<string, InferParameter> parameters, long offset, long length)
    {
        parameters["shared_memory_region"] = new InferParameter { StringParam = "bench" };
        parameters["shared_memory_offset"] = new InferParameter { Int64Param = offset };
        parameters["shared_memory_byte_size"] = new InferParameter { Int64Param = length };
    }
}
