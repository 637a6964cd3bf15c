using System.Globalization;
using BenchmarkDotNet.Running;
using Ovms.Benchmarks;
using Ovms.Benchmarks.Micro;
using Ovms.Native;

if (args is ["--micro", .. string[] rest])
{
    BenchmarkSwitcher.FromAssembly(typeof(Steps).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest, new ShortInProcess());
    return 0;
}

int Number(string option, int otherwise) =>
    Array.IndexOf(args, option) is >= 0 and int at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

if (args.Length % 2 != 0 || args.Where(static (_, i) => i % 2 == 0).Any(static option => option is not ("--rounds" or "--starts" or "--reloads")))
{
    Console.Error.WriteLine("Usage: benchmarks/run.sh [--rounds N] [--starts N] [--reloads N] | --micro [BenchmarkDotNet's own options]");
    return 64;
}

if (!File.Exists(Repo.Binary))
{
    Console.Error.WriteLine($"There is no {Repo.Binary}: run ./build.sh publish first.");
    return 1;
}

OpenVinoLibrary.Load();
int rounds = Number("--rounds", 30);
Report report = new();
report.Add("# Benchmark results", "", "Written by `./build.sh bench`; nothing here is asserted by a test.", "");
report.Add(Machine.Describe());
foreach (Workload? workload in (Workload?[])[Workload.Dummy(), Workload.Resnet50()])
{
    if (workload is null)
    {
        report.Add("", "## resnet50", "", "Skipped: ../shared/models/resnet50 is not at hand.");
        continue;
    }

    report.Add("", $"## Latency, {workload.Name}: input FP32 [{string.Join(",", workload.Shape)}], {workload.Input.Length:N0} bytes", "");
    report.Add((await LatencyRun.RunAsync(workload, rounds)).Markdown());
}

report.Add("", "## Start and memory", "");
report.Add((await StartRun.RunAsync(Workload.Dummy(), Number("--starts", 20))).Markdown());
report.Add("", "## Reloads", "");
report.Add((await ReloadRun.RunAsync(Number("--reloads", 300))).Markdown());
report.Add(Explanation.Lines);
report.Save(Repo.Path("benchmarks/results.md"));
return 0;
