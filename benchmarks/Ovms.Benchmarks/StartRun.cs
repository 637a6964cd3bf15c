using System.Diagnostics;
using Ovms.Bench;

namespace Ovms.Benchmarks;

/// <summary>
/// From exec of the published binary to the first inference's answer on the wire, in turn over gRPC and REST, beside the plain C
/// program that does nothing but infer once.
/// </summary>
internal sealed class StartRun
{
    private readonly Samples _rest = new();
    private readonly Samples _grpc = new();
    private readonly Samples _plain = new();
    private readonly Samples _plainFromMain = new();
    private readonly Samples _added = new();

    /// <summary>Runs it.</summary>
    public static async Task<StartRun> RunAsync(Scale scale)
    {
        const int WarmUps = 2;
        StartRun run = new();
        Workload workload = Workload.Dummy;
        using BenchInput input = workload.MakeInput();
        byte[] json = input.RestJson()!;
        for (int i = -WarmUps; i < scale.Starts; i++)
        {
            double overRest = await FirstAnswerAsync(workload, async server => await RestCaller.ConnectAsync(server.RestAddress, workload.Name, json, null));
            double overGrpc = await FirstAnswerAsync(workload, server => BenchWay.Grpc(server.GrpcAddress, input, workload.Name, cost: null).ConnectAsync());
            (double fromExec, double fromMain, _) = PlainProgram.RunOnce(workload);
            if (i < 0)
                continue;
            run._rest.Add(overRest);
            run._grpc.Add(overGrpc);
            run._plain.Add(fromExec);
            run._plainFromMain.Add(fromMain);
            run._added.Add(overGrpc - fromExec);
        }

        return run;
    }

    public IEnumerable<Goal> Goals =>
    [
        Goal.AtMost("dummy, from exec to the first answer over gRPC: above the plain C program's from exec to its first result", 40, _added, Samples.Milliseconds),
    ];

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "| dummy | runs | least ms | median ms | most ms |";
        yield return "|---|---|---|---|---|";
        yield return Row("ovms, from exec to the first answer over REST (JSON)", _rest);
        yield return Row("ovms, from exec to the first answer over gRPC", _grpc);
        yield return Row("plain C program, from exec to its first result", _plain);
        yield return Row("plain C program, from main to its first result", _plainFromMain);
    }

    private static async Task<double> FirstAnswerAsync(Workload workload, Func<Server, Task<BenchCaller>> connect)
    {
        using Server server = Server.Start(workload.Options);
        using BenchCaller caller = await connect(server);
        await caller.CallAsync();
        return Stopwatch.GetElapsedTime(server.StartedAt).TotalMilliseconds;
    }

    private static string Row(string name, Samples samples) =>
        $"| {name} | {samples.Count} | {Samples.Text(samples.At(0))} | {Samples.Text(samples.Median)} | {Samples.Text(samples.At(1))} |";
}
