using System.Diagnostics;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>
/// Random graphs under random interleavings give what the reference gives. For longer: OVMS_RANDOM_GRAPH_SECONDS=600; to repeat one
/// failure:
/// OVMS_RANDOM_GRAPH_SEED with the seed of its message.
/// </summary>
public sealed class RandomGraphTests
{
    private const int Interleavings = 4;

    [Test]
    public async Task AnyInterleaving_GivesTheOutputsOfTheReference()
    {
        int seconds = int.Parse(Environment.GetEnvironmentVariable("OVMS_RANDOM_GRAPH_SECONDS") ?? "3");
        bool one = int.TryParse(Environment.GetEnvironmentVariable("OVMS_RANDOM_GRAPH_SEED"), out int given);
        int first = one ? given : Environment.TickCount & 0xFFFFFF;
        Console.WriteLine($"random graphs from seed {first}");
        Stopwatch watch = Stopwatch.StartNew();
        int seed = first;
        do
        {
            string? fault = await CheckAsync(seed);
            if (fault is not null)
            {
                throw new InvalidOperationException($"seed {seed}: {fault}\n{new RandomGraph(new Random(seed))}");
            }

            seed++;
        }
        while (watch.Elapsed.TotalSeconds < seconds && !one);

        Console.WriteLine($"{seed - first} graphs, {Interleavings} interleavings each");
    }

    private static async Task<string?> CheckAsync(int seed)
    {
        Random random = new(seed);
        RandomGraph graph = new(random);
        Dictionary<string, List<(long Time, int Value)>> expected = ReferenceInterpreter.Run(graph, out bool fails);
        RandomRun run = new(graph, random.Next(4) == 0);
        for (int i = 0; i < Interleavings; i++)
        {
            Outcome outcome = await run.RunAsync(random);
            if (outcome.IsOk == fails)
            {
                return $"run {i} ended with \"{outcome.Text}\"; the reference {(fails ? "fails" : "does not fail")}";
            }

            if (run.Leaked > 0)
            {
                return $"run {i} ({outcome.Text}) did not release {run.Leaked} values exactly once";
            }

            for (int output = 0; output < graph.Outputs.Length; output++)
            {
                List<(long Time, int Value)> right = expected[graph.Outputs[output]];
                List<(long Time, int Value)> seen = run.Seen[output];
                bool same = fails ? seen.SequenceEqual(right.Take(seen.Count)) : seen.SequenceEqual(right);
                if (!same)
                {
                    return $"run {i}, {graph.Outputs[output]}: {string.Join(' ', seen)}; expected {string.Join(' ', right)}";
                }
            }
        }

        return null;
    }
}
