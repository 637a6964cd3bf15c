using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Status;

namespace Ovms.Pipelines.Definitions;

/// <summary>
/// Checks a pipeline and compiles it to a plan. A pure function of the definition and of the signatures of what it uses. The order of the
/// checks and their first words are the original's.
/// </summary>
internal static class PipelineCompiler
{
    /// <summary>Compiles a pipeline.</summary>
    /// <param name="config">The definition.</param>
    /// <param name="signatureOf">The signature of a node's model or library, or why there is none.</param>
    /// <returns>The plan, or the first fault.</returns>
    public static Outcome<PipelinePlan> Compile(PipelineConfig config, Func<PipelineNode, Outcome<NodeSignature>> signatureOf) =>
        Results(config, signatureOf).First();

    /// <summary>All faults that can be told at once: a cycle, say, only where the connections are right.</summary>
    /// <param name="config">The definition.</param>
    /// <param name="signatureOf">As for <see cref="Compile"/>.</param>
    public static IEnumerable<Outcome> Faults(PipelineConfig config, Func<PipelineNode, Outcome<NodeSignature>> signatureOf) =>
        Results(config, signatureOf).Where(static result => !result.IsOk).Select(static result => result.WithoutValue);

    // The faults one after the other, each found when it is asked for; or the plan alone.
    private static IEnumerable<Outcome<PipelinePlan>> Results(
        PipelineConfig config, Func<PipelineNode, Outcome<NodeSignature>> signatureOf)
    {
        bool isRight = true;
        foreach (Outcome fault in NameFaults(config))
        {
            isRight = false;
            yield return fault;
        }

        // Where two nodes have one name, nothing can be said about connections with it.
        if (Twice(config.Nodes.Select(static node => node.Name)).Any())
        {
            yield break;
        }

        Dictionary<string, PipelineNode> written = config.Nodes.ToDictionary(static node => node.Name, StringComparer.Ordinal);
        Dictionary<string, NodeSignature> signatures = new(StringComparer.Ordinal);
        foreach (PipelineNode node in config.Nodes)
        {
            Outcome<NodeSignature> signature = signatureOf(node);
            signatures[node.Name] = signature.Value ?? NodeSignature.Unknown(node);
            foreach (Outcome fault in NodeCheck.Faults(config, node, signatures[node.Name], written).Prepend(signature.WithoutValue))
            {
                if (!fault.IsOk)
                {
                    isRight = false;
                    yield return fault;
                }
            }
        }

        Connections connections = new(config, written, signatures);
        foreach (Outcome fault in connections.Faults())
        {
            isRight = false;
            yield return fault;
        }

        if (!isRight)
        {
            yield break;
        }

        List<Outcome> faults = [];
        PipelinePlan? plan = PlanBuilder.Build(config, connections, faults);
        foreach (Outcome fault in faults)
        {
            yield return fault;
        }

        if (plan is not null)
        {
            yield return plan;
        }
    }

    private static IEnumerable<Outcome> NameFaults(PipelineConfig config)
    {
        if (config.Inputs.IsEmpty || config.Outputs.IsEmpty)
        {
            yield return Outcome.Fail(
                StatusCode.PipelineMissingEntryOrExit, $"{(config.Inputs.IsEmpty ? "inputs" : "outputs")} is empty; name at least one.");
        }

        foreach (PipelineNode node in config.Nodes)
        {
            if (node.Name is PipelineConfig.Request or PipelineConfig.Response)
            {
                yield return Outcome.Fail(
                    node.Name == PipelineConfig.Request ? StatusCode.PipelineMultipleEntryNodes : StatusCode.PipelineMultipleExitNodes,
                    $"The name {node.Name} stands for the pipeline's own one; give the node another.");
            }
        }

        int?[] counts = [config.DemultiplyCount, .. config.Nodes.Select(static node => node.DemultiplyCount)];
        if (counts.Contains(-1) && counts.Count(static count => count is not null) > 1)
        {
            yield return Outcome.Fail(
                StatusCode.NotImplemented,
                "A demultiplexer of dynamic count (-1) cannot be combined with another demultiplexer; give all of them fixed counts.");
        }

        foreach (string twice in Twice(config.Nodes.Select(static node => node.Name)))
        {
            yield return Outcome.Fail(StatusCode.PipelineNodeNameDuplicate, $"Node: {twice}");
        }

        foreach (string twice in Twice(config.Inputs).Concat(Twice(config.Outputs.Select(static output => output.Name))))
        {
            yield return Outcome.Fail(
                StatusCode.PipelineInputConnectedTwice, $"The pipeline names {twice} twice among its inputs or outputs.");
        }
    }

    private static IEnumerable<string> Twice(IEnumerable<string> names) => names.GroupBy(static name => name, StringComparer.Ordinal)
        .Where(static group => group.Count() > 1).Select(static group => group.Key);
}
