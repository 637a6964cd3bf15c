using System.Diagnostics;
using BenchmarkDotNet.Running;
using Ovms.Benchmarks;
using Ovms.Benchmarks.Micro;
using Ovms.Native;

if (args is ["--micro", .. string[] rest])
{
    BenchmarkSwitcher.FromAssembly(typeof(Steps).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest, new ShortInProcess());
    return 0;
}

Queue<string> given = new(args);
Scale scale = Scale.Full;
string[] parts = Parts.Names;
while (given.TryDequeue(out string? option))
{
    if (option == "--quick")
        scale = Scale.Quick;
    else if (option == "--only" && given.TryDequeue(out string? names) && names.Split(',').All(Parts.Names.Contains))
        parts = names.Split(',');
    else
    {
        Console.Error.WriteLine($"Usage: benchmarks/run.sh [--quick] [--only PART,PART] | --micro [BenchmarkDotNet's own options]\nParts: {string.Join(", ", Parts.Names)}");
        return 64;
    }
}

// Whatever hangs, the run ends, and with it what it has started.
using Timer limit = new(static _ => Environment.Exit(1), null, scale.Limit, Timeout.InfiniteTimeSpan);
OpenVinoLibrary.Load();
string load = Machine.LoadAverage;
long started = Stopwatch.GetTimestamp();
Report report = new();
foreach (string part in parts)
    await Parts.RunAsync(part, scale, report);

// What is not everything in full is no record.
bool isRecord = scale == Scale.Full && parts.Length == Parts.Names.Length;
string file = Repo.Path(isRecord ? "benchmarks/results.md" : "artifacts/bench/results.md");
report.Add(Explanation.Lines);
report.Save(file, [
    "# Benchmark results", "",
    "Written by `./build.sh bench`; nothing here is asserted by a test. [notes.md](notes.md) says what the figures mean where a goal is not reached, and has those of language models beside OpenVINO GenAI and of 16 cores.", "",
    .. Machine.Describe(load),
    $"- {scale.Rounds} rounds; the run took {Stopwatch.GetElapsedTime(started).TotalMinutes:0.0} minutes{(isRecord ? "" : "; a part of the whole, or a quick run: no record")}",
]);
Console.WriteLine($"\nWritten: {file}");
return 0;
