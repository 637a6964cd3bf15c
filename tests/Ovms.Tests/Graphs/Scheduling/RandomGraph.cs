namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>A random graph without cycles, and packets for its inputs.</summary>
internal sealed class RandomGraph
{
    public RandomGraph(Random random)
    {
        string[] inputs = [.. Enumerable.Range(0, random.Next(1, 4)).Select(static i => $"in{i}")];
        foreach (string input in inputs)
        {
            long time = 0;
            Packets[input] = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => (time += random.Next(1, 4), random.Next(0x10000)))];
        }

        Inputs = inputs;
        List<string> streams = [.. inputs];
        int count = random.Next(1, 8);
        for (int i = 0; i < count; i++)
        {
            Add(random, streams);
        }

        Outputs = [.. streams.Except(inputs).Where(_ => random.Next(2) == 0)];
        MaxQueueSize = random.Next(1, 6);
    }

    public string[] Inputs { get; }

    public string[] Outputs { get; }

    public List<RandomNode> Nodes { get; } = [];

    public Dictionary<string, (long Time, int Value)[]> Packets { get; } = [];

    public int MaxQueueSize { get; }

    /// <summary>The graph for a failure's message.</summary>
    public override string ToString() => string.Join(
        '\n',
        Nodes.Select(static node => $"{node.Kind} {string.Join(',', node.Inputs)} -> {string.Join(',', node.Outputs)} {node}")
            .Concat(Packets.Select(static stream => $"{stream.Key}: {string.Join(' ', stream.Value)}")));

    private void Add(Random random, List<string> streams)
    {
        RandomKind kind = random.Next(8) switch { 0 => RandomKind.Barrier, 1 => RandomKind.Mux, _ => RandomKind.Default };
        string[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => streams[random.Next(streams.Count)])];
        string[] inputs = Some(kind == RandomKind.Mux ? 2 : random.Next(1, 4));
        if (kind == RandomKind.Mux)
        {
            Node(random, RandomKind.Selector, Some(1), 1, streams);
            inputs = [.. inputs, streams[^1]];
        }

        Node(random, kind, inputs, random.Next(1, 3), streams);
    }

    private void Node(Random random, RandomKind kind, string[] inputs, int outputs, List<string> streams)
    {
        string name = $"n{Nodes.Count}";
        string[] names = [.. Enumerable.Range(0, outputs).Select(i => $"{name}_{i}")];
        int shift = random.Next(6) == 0 ? random.Next(1, 4) : 0;
        long? failsAt = random.Next(40) == 0 ? random.Next(1, 12) : null;
        Nodes.Add(new RandomNode(name, kind, random.Next(), inputs, names, shift, random.Next(4) > 0, random.Next(1, 4), failsAt));
        streams.AddRange(names);
    }
}
