namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>
/// Runs a random graph the slow and obvious way: stream by stream, each with all its packets, as if everything had been there from the
/// start.
/// </summary>
internal static class ReferenceInterpreter
{
    /// <summary>The packets of each stream.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="fails">Whether a node must fail.</param>
    public static Dictionary<string, List<(long Time, int Value)>> Run(RandomGraph graph, out bool fails)
    {
        Dictionary<string, List<(long Time, int Value)>> streams = graph.Packets.ToDictionary(
            static stream => stream.Key, static stream => stream.Value.ToList());
        fails = false;
        foreach (RandomNode node in graph.Nodes)
        {
            foreach (string output in node.Outputs)
            {
                streams[output] = [];
            }

            List<(long Time, int Value)>[] inputs = [.. node.Inputs.Select(name => streams[name])];
            foreach ((long time, int?[] values) in Runs(node.Kind, inputs))
            {
                fails |= time == node.FailsAt;
                int?[] written = node.Run(time, values);
                for (int i = 0; i < written.Length; i++)
                {
                    if (written[i] is int value)
                    {
                        streams[node.Outputs[i]].Add((time + node.Shift, value));
                    }
                }
            }
        }

        return streams;
    }

    private static IEnumerable<(long Time, int?[] Values)> Runs(RandomKind kind, List<(long Time, int Value)>[] inputs)
    {
        switch (kind)
        {
            case RandomKind.Barrier:
                for (int i = 0; i < inputs.Min(static input => input.Count); i++)
                {
                    yield return (inputs.Min(input => input[i].Time), [.. inputs.Select(input => (int?)input[i].Value)]);
                }

                break;
            case RandomKind.Mux:
                foreach ((long time, int selected) in inputs[2])
                {
                    int? chosen = At(inputs[selected], time);
                    yield return (time, [selected == 0 ? chosen : null, selected == 1 ? chosen : null, selected]);
                }

                break;
            default:
                foreach (long time in inputs.SelectMany(static input => input.Select(static packet => packet.Time)).Distinct().Order())
                {
                    yield return (time, [.. inputs.Select(input => At(input, time))]);
                }

                break;
        }
    }

    private static int? At(List<(long Time, int Value)> stream, long time) =>
        stream.Where(packet => packet.Time == time).Select(static packet => (int?)packet.Value).FirstOrDefault();
}
