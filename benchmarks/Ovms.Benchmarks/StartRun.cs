using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ovms.Benchmarks.Callers;

namespace Ovms.Benchmarks;

/// <summary>
/// From exec of the published binary to the first inference's answer on the wire, in turn over gRPC and REST, beside the plain C
/// program that does nothing but infer once; and what the server holds in memory afterwards.
/// </summary>
internal static class StartRun
{
    /// <summary>Runs everything on one model.</summary>
    public static async Task<StartTable> RunAsync(Workload workload, int starts)
    {
        const int WarmUps = 2;
        StartTable table = new();
        byte[] grpc = workload.GrpcRequest();
        byte[] rest = workload.RestJsonRequest();
        for (int i = -WarmUps; i < starts; i++)
        {
            TimeSpan overRest = await FirstAnswerAsync(workload, server => new HttpCaller("REST", server.RestPort, rest));
            TimeSpan overGrpc = await FirstAnswerAsync(workload, server => new GrpcCaller("gRPC", server.GrpcPort, grpc));
            (double First, double Whole, double Memory)? plain = RunPlain(workload);
            if (i < 0)
                continue;
            table.Rest.Add(overRest);
            table.Grpc.Add(overGrpc);
            if (plain is var (first, whole, memory))
            {
                table.PlainFirst.Add(first);
                table.PlainWhole.Add(whole);
                table.PlainMemory.Add(memory);
            }
        }

        for (int i = 0; i < 5; i++)
            await MeasureMemoryAsync(workload, table);
        return table;
    }

    private static async Task<TimeSpan> FirstAnswerAsync(Workload workload, Func<Server, Caller> connect)
    {
        using Server server = Server.Start(workload);
        using Caller caller = connect(server);
        await caller.CallAsync();
        return Stopwatch.GetElapsedTime(server.StartedAt);
    }

    private static async Task MeasureMemoryAsync(Workload workload, StartTable table)
    {
        using Server server = Server.Start(workload);
        await Task.Delay(TimeSpan.FromSeconds(1));
        table.IdleMemory.Add(server.ResidentMemory);
        using HttpCaller rest = new("REST", server.RestPort, workload.RestJsonRequest());
        using GrpcCaller grpc = new("gRPC", server.GrpcPort, workload.GrpcRequest());
        for (int call = 0; call < 1000; call++)
        {
            await rest.CallAsync();
            await grpc.CallAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
        table.UsedMemory.Add(server.ResidentMemory);
    }

    // The script that starts this program compiles it where its source is at hand.
    private static (double First, double Whole, double Memory)? RunPlain(Workload workload)
    {
        string program = Repo.Path("artifacts/bench/raw");
        if (!File.Exists(program))
            return null;
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(
            new ProcessStartInfo(program) { RedirectStandardOutput = true, ArgumentList = { workload.File, "CPU", "LATENCY", "1", "0" } })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        using JsonDocument said = JsonDocument.Parse(output);
        return (said.RootElement.GetProperty("first_ms").GetDouble(), whole.TotalMilliseconds, said.RootElement.GetProperty("rss_mb").GetDouble());
    }
}

/// <summary>What the starts gave.</summary>
internal sealed class StartTable
{
    public Samples Rest { get; } = new();

    public Samples Grpc { get; } = new();

    /// <summary>The plain C program, from main to the first result.</summary>
    public Samples PlainFirst { get; } = new();

    /// <summary>The same, from exec to its end.</summary>
    public Samples PlainWhole { get; } = new();

    public Samples PlainMemory { get; } = new();

    /// <summary>Resident memory in MiB, loaded and not yet called.</summary>
    public Samples IdleMemory { get; } = new();

    /// <summary>The same after calls over both front ends.</summary>
    public Samples UsedMemory { get; } = new();

    /// <summary>Both tables in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "| from exec to the first answer (dummy) | runs | min ms | median ms | max ms |";
        yield return "|---|---|---|---|---|";
        yield return Row("ovms, answer over REST (JSON)", Rest);
        yield return Row("ovms, answer over gRPC", Grpc);
        if (PlainFirst.Count > 0)
        {
            yield return Row("plain C program, from main to the first result", PlainFirst);
            yield return Row("plain C program, from exec to its end", PlainWhole);
        }

        yield return "";
        yield return "| resident memory (dummy) | median MiB |";
        yield return "|---|---|";
        yield return $"| ovms, loaded and idle | {Mebibytes(IdleMemory)} |";
        yield return $"| ovms, after 1,000 calls over each of REST and gRPC | {Mebibytes(UsedMemory)} |";
        if (PlainMemory.Count > 0)
            yield return $"| plain C program after its first result | {Mebibytes(PlainMemory)} |";
    }

    private static string Row(string name, Samples samples) =>
        $"| {name} | {samples.Count} | {samples.TextAt(0)} | {samples.TextAt(0.5)} | {samples.TextAt(1)} |";

    private static string Mebibytes(Samples samples) => samples.At(0.5).ToString("0.0", CultureInfo.InvariantCulture);
}
