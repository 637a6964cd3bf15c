using System.Text.Json.Nodes;
using Ovms.Bench;

namespace Ovms.Benchmarks;

/// <summary>A graph of one session and one inference node, against its model called directly: what the graph costs.</summary>
internal sealed class GraphRun
{
    private const double MostTime = 1.1;
    private const double LeastRate = 1 / 1.1;
    private const string Graph = "graph";

    // Afterwards the model has the form for as many callers as there are.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(4);
    private readonly List<Round> _alone = [];
    private readonly List<Round> _many = [];
    private readonly string _name;
    private readonly int _callers;

    private GraphRun(Workload workload) => (_name, _callers) = (workload.Name, workload.ManyCallers);

    /// <summary>Whether the graph costs little.</summary>
    public IEnumerable<Goal> Goals =>
    [
        Goal.AtMost(
            $"graph of {_name}, 1 caller: p50 of the model's",
            MostTime,
            new Samples(_alone.Select(static round => round.Graph.P50 / round.Model.P50)),
            Samples.Times),
        Goal.AtLeast(
            $"graph of {_name}, {_callers} callers: calls/s of the model's",
            LeastRate,
            new Samples(_many.Select(static round => round.Graph.Rate / round.Model.Rate)),
            Samples.Percent),
    ];

    /// <summary>Runs it.</summary>
    /// <param name="input">Name of the model's one input.</param>
    /// <param name="output">Name of the one output that is asked for.</param>
    public static async Task<GraphRun> RunAsync(Workload workload, string input, string output, Scale scale)
    {
        GraphRun run = new(workload);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-bench-");
        try
        {
            using BenchInput made = workload.MakeInput();
            Requests requests = workload.MakeRequests();
            string body = Bodies.Write($"{workload.Name}.graph.pb", made.GrpcMessage(Graph));
            using Server server = Server.Start("--config_path", Write(folder, workload, input, output));
            (Load model, Load graph) = (Load.Grpc(server.GrpcPort, requests.Grpc), Load.Grpc(server.GrpcPort, body));
            await run.CompareAsync(run._alone, model, graph, 1, scale);
            await run.CompareAsync(run._many, model, graph, run._callers, scale);
            return run;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "| callers | model: calls/s | p50 ms | p99 ms | graph: calls/s | p50 ms | p99 ms | calls/s of the model's |";
        yield return "|---|---|---|---|---|---|---|---|";
        yield return Row(1, _alone);
        yield return Row(_callers, _many);
    }

    private static string Row(int callers, List<Round> rounds)
    {
        string Median(Func<Round, double> figure) => Samples.Text(new Samples(rounds.Select(figure)).Median);
        string share = new Samples(rounds.Select(static round => round.Graph.Rate / round.Model.Rate)).Spread(Samples.Percent);
        return $"| {callers} | {Median(static one => one.Model.Rate)} | {Median(static one => one.Model.P50)} | {Median(static one => one.Model.P99)} "
            + $"| {Median(static one => one.Graph.Rate)} | {Median(static one => one.Graph.P50)} | {Median(static one => one.Graph.P99)} | {share} |";
    }

    // Whichever of the two is called first finds the model as the one before left it, so they change places.
    private async Task CompareAsync(List<Round> rounds, Load model, Load graph, int callers, Scale scale)
    {
        await model.RunAsync(callers, s_settling);
        for (int round = 0; round < scale.Rounds * 2; round++)
        {
            bool isModelFirst = round % 2 == 0;
            Measured first = await (isModelFirst ? model : graph).RunAsync(callers, scale.Turn);
            Measured second = await (isModelFirst ? graph : model).RunAsync(callers, scale.Turn);
            rounds.Add(isModelFirst ? new Round(first, second) : new Round(second, first));
        }
    }

    private static string Write(DirectoryInfo folder, Workload workload, string input, string output)
    {
        string graph = $$"""
            input_stream: "I:{{input}}"
            output_stream: "O:{{output}}"
            node {
              calculator: "OpenVINOModelServerSessionCalculator"
              output_side_packet: "SESSION:session"
              node_options: { [type.googleapis.com/mediapipe.OpenVINOModelServerSessionCalculatorOptions]: { servable_name: "{{workload.Name}}" } }
            }
            node {
              calculator: "OpenVINOInferenceCalculator"
              input_side_packet: "SESSION:session"
              input_stream: "I:{{input}}"
              output_stream: "O:{{output}}"
              node_options: { [type.googleapis.com/mediapipe.OpenVINOInferenceCalculatorOptions]: {
                tag_to_input_tensor_names { key: "I" value: "{{input}}" }
                tag_to_output_tensor_names { key: "O" value: "{{output}}" }
              } }
            }
            """;
        File.WriteAllText(Path.Combine(folder.CreateSubdirectory(Graph).FullName, "graph.pbtxt"), graph);
        JsonObject model = new() { ["name"] = workload.Name, ["base_path"] = workload.ModelPath };
        JsonObject config = new()
        {
            ["model_config_list"] = new JsonArray(new JsonObject { ["config"] = model }),
            ["mediapipe_config_list"] = new JsonArray(new JsonObject { ["name"] = Graph }),
        };
        string path = Path.Combine(folder.FullName, "config.json");
        File.WriteAllText(path, config.ToJsonString());
        return path;
    }

    private sealed record Round(Measured Model, Measured Graph);
}
