namespace Ovms.Graphs.Scheduling;

/// <summary>Finds for each stream who reads it, and which inputs and sources of the graph feed it.</summary>
internal static class StreamReach
{
    /// <summary>The streams of a plan.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="nodes">The nodes in the order of the plan.</param>
    /// <param name="inputs">The streams of the graph's inputs.</param>
    /// <param name="roots">Number of inputs and sources.</param>
    public static PlanStream[] Streams(NameTable names, PlanNode[] nodes, int[] inputs, int roots)
    {
        List<PlanConsumer>[] consumers = [.. Enumerable.Range(0, names.Count).Select(static _ => new List<PlanConsumer>())];
        foreach (PlanNode node in nodes)
        {
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                consumers[node.Inputs[i]].Add(new PlanConsumer(node.Index, i));
            }
        }

        bool[,] feeds = new bool[names.Count, roots];
        for (int i = 0; i < inputs.Length; i++)
        {
            Follow(inputs[i], i);
        }

        foreach (PlanNode source in nodes.Where(static node => node.IsSource))
        {
            Array.ForEach(source.Outputs, stream => Follow(stream, source.Root));
        }

        return
        [
            .. Enumerable.Range(0, names.Count).Select(stream => new PlanStream(
                names.NameOf(stream),
                [.. consumers[stream]],
                [.. Enumerable.Range(0, roots).Where(root => feeds[stream, root])])),
        ];

        void Follow(int from, int root)
        {
            Stack<int> left = new([from]);
            while (left.TryPop(out int stream))
            {
                if (!feeds[stream, root])
                {
                    feeds[stream, root] = true;
                    consumers[stream].ForEach(consumer => Array.ForEach(nodes[consumer.Node].Outputs, left.Push));
                }
            }
        }
    }
}
