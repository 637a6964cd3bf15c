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
    public static Outcome<PipelinePlan> Compile(PipelineConfig config, Func<PipelineNode, Outcome<NodeSignature>> signatureOf)
    {
        Outcome names = CheckNames(config);
        if (!names.IsOk)
        {
            return names;
        }

        Dictionary<string, PipelineNode> written = config.Nodes.ToDictionary(static node => node.Name, StringComparer.Ordinal);
        Dictionary<string, NodeSignature> signatures = new(StringComparer.Ordinal);
        foreach (PipelineNode node in config.Nodes)
        {
            Outcome<NodeSignature> signature = signatureOf(node);
            Outcome known = signature.IsOk ? NodeCheck.Check(config, node, signature.Value, written) : signature.WithoutValue;
            if (!known.IsOk)
            {
                return known;
            }

            signatures[node.Name] = signature.Value!;
        }

        Connections connections = new(config, written, signatures);
        Outcome connected = connections.Check();
        return connected.IsOk ? PlanBuilder.Build(config, connections) : connected;
    }

    private static Outcome CheckNames(PipelineConfig config)
    {
        if (config.Inputs.IsEmpty || config.Outputs.IsEmpty)
        {
            return Outcome.Fail(
                StatusCode.PipelineMissingEntryOrExit, $"{(config.Inputs.IsEmpty ? "inputs" : "outputs")} is empty; name at least one.");
        }

        foreach (PipelineNode node in config.Nodes)
        {
            if (node.Name is PipelineConfig.Request or PipelineConfig.Response)
            {
                return Outcome.Fail(
                    node.Name == PipelineConfig.Request ? StatusCode.PipelineMultipleEntryNodes : StatusCode.PipelineMultipleExitNodes,
                    $"The name {node.Name} stands for the pipeline's own one; give the node another.");
            }
        }

        int?[] counts = [config.DemultiplyCount, .. config.Nodes.Select(static node => node.DemultiplyCount)];
        if (counts.Contains(-1) && counts.Count(static count => count is not null) > 1)
        {
            return Outcome.Fail(
                StatusCode.NotImplemented,
                "A demultiplexer of dynamic count (-1) cannot be combined with another demultiplexer; give all of them fixed counts.");
        }

        string? twice = FirstTwice(config.Nodes.Select(static node => node.Name));
        if (twice is not null)
        {
            return Outcome.Fail(StatusCode.PipelineNodeNameDuplicate, $"Node: {twice}");
        }

        twice = FirstTwice(config.Inputs) ?? FirstTwice(config.Outputs.Select(static output => output.Name));
        return twice is null
            ? Outcome.Ok
            : Outcome.Fail(StatusCode.PipelineInputConnectedTwice, $"The pipeline names {twice} twice among its inputs or outputs.");
    }

    private static string? FirstTwice(IEnumerable<string> names) =>
        names.GroupBy(static name => name, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1)?.Key;
}
