using System.Collections.Immutable;
using System.Globalization;
using Ovms.Configuration.Pipelines;
using Ovms.Inference;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Execution;
using Ovms.Pipelines.Libraries;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Pipelines;

/// <summary>Makes a pipeline from its definition, from the models that are served now, and from libraries.</summary>
/// <param name="registry">The models.</param>
/// <param name="calls">Opens the calls of the pipelines' models.</param>
/// <param name="libraries">The libraries.</param>
/// <param name="log">Logs the inputs and outputs of each pipeline.</param>
internal sealed class PipelineLoader(ServableRegistry registry, ModelCalls calls, NodeLibraries libraries, ILogger log)
{
    /// <summary>Makes a pipeline.</summary>
    /// <param name="config">The definition.</param>
    /// <returns>The pipeline as a servable, which the caller disposes; or why it cannot be served.</returns>
    public Outcome<LoadedModel> Load(PipelineConfig config)
    {
        Dictionary<string, NodeInstance> instances = new(StringComparer.Ordinal);
        Dictionary<string, int> requests = new(StringComparer.Ordinal);
        bool isTaken = false;
        try
        {
            foreach (PipelineNode node in config.Nodes.Where(static node => node.IsCustom))
            {
                Outcome<NodeInstance> instance = libraries.Open(config, node);
                if (!instance.IsOk)
                {
                    return instance.WithoutValue;
                }

                if (!instances.TryAdd(node.Name, instance.Value))
                {
                    instance.Value.Release();
                }
            }

            Outcome<PipelinePlan> plan = PipelineCompiler.Compile(
                config, node => node.IsCustom ? SignatureOf(node, instances[node.Name]) : SignatureOf(node, requests));
            if (!plan.IsOk)
            {
                return plan.WithoutValue;
            }

            isTaken = true;
            return Make(plan.Value, instances, requests);
        }
        finally
        {
            if (!isTaken)
            {
                instances.Values.ToList().ForEach(static instance => instance.Release());
            }
        }
    }

    private LoadedModel Make(PipelinePlan plan, Dictionary<string, NodeInstance> instances, Dictionary<string, int> requests)
    {
        ImmutableArray<NodeInstance?> ofNodes = [.. plan.Nodes.Select(node => instances.GetValueOrDefault(node.Name))];
        ImmutableArray<int> atOnce =
            [.. plan.Nodes.Select(node => requests.GetValueOrDefault(node.Name, Environment.ProcessorCount))];
        Log.Note(log, $"Pipeline: {plan.Name} inputs: {Describe(plan.Signature.Inputs)}");
        Log.Note(log, $"Pipeline: {plan.Name} outputs: {Describe(plan.Signature.Outputs)}");
        LibraryWatch watch = new(instances.Values.Select(static instance => instance.Library), registry.RaiseChanged);
        return new LoadedModel(plan.Signature, new PipelineComposition(plan, calls, ofNodes, atOnce, watch), compiled: null)
        {
            Health = watch.Health,
            Device = "pipeline",
        };
    }

    private static string Describe(ImmutableArray<TensorInfo> tensors) =>
        string.Join("; ", tensors.Select(static tensor => $"{tensor.Name} {tensor.ElementType} {tensor.Shape}"));

    private static Outcome<NodeSignature> SignatureOf(PipelineNode node, NodeInstance instance)
    {
        Outcome<ImmutableArray<NodePort>> inputs = instance.GetInputs();
        Outcome<ImmutableArray<NodePort>> outputs = inputs.IsOk ? instance.GetOutputs() : inputs.WithoutValue;
        return outputs.IsOk
            ? new NodeSignature(inputs.Value, outputs.Value)
            : Outcome.Fail(outputs.Code, $"Node: {node.Name}; {outputs.Detail}");
    }

    private Outcome<NodeSignature> SignatureOf(PipelineNode node, Dictionary<string, int> requests)
    {
        // Before the lease: what a composition lacks may be this pipeline, and each would repeat the other's reason.
        if (registry.Current.FindModel(node.Model) is { IsComposed: true, IsRetired: false } composed)
        {
            return (composed.IsGraph ? NodeModelKind.Graph : NodeModelKind.Pipeline).Check(node);
        }

        string version = node.Version == 0 ? "" : node.Version.ToString(CultureInfo.InvariantCulture);
        Outcome<ServableLease> leased = registry.Lease(node.Model, version);
        if (!leased.IsOk)
        {
            return Outcome.Fail(
                StatusCode.PipelineNodeMissingModel, $"Node: {node.Name}; model: {node.Model}; {EngineText.WithoutAdvice(leased.Text)}");
        }

        using ServableLease lease = leased.Value;
        Servable model = lease.Servable;
        NodeModelKind kind = model.Language is not null ? NodeModelKind.Language
            : model.Sequences is not null ? NodeModelKind.Stateful
            : NodeModelKind.Model;
        Outcome fits = kind.Check(node);
        if (!fits.IsOk)
        {
            return fits;
        }

        requests[node.Name] = Math.Max(1, model.Requests);
        bool isOpen = model.Variants is not null;
        return new NodeSignature(
            [.. model.Accepted.Inputs.Select(static info => new NodePort(info.Name, info.ElementType, info.Shape, info.Layout))],
            [.. model.Signature.Outputs.Select(info => PortOf(info, isOpen))]);
    }

    // Where callers choose shapes, the outputs of the loaded form say little.
    private static NodePort PortOf(TensorInfo info, bool isOpen) => new(
        info.Name, info.IsPackedText ? ElementType.String : info.ElementType, isOpen ? Shapes.OfAnySize(info.Shape) : info.Shape);
}
