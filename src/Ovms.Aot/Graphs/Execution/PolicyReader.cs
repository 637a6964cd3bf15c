using System.Globalization;
using Ovms.Configuration.Graphs;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>Reads the input stream handler of a node or a graph as the policy of the scheduler.</summary>
internal static class PolicyReader
{
    /// <summary>Reads a handler.</summary>
    /// <param name="path">The graph's file, for the sentences.</param>
    /// <param name="handler">The handler as written.</param>
    public static Outcome<InputPolicy> Read(string path, InputHandlerConfig handler)
    {
        GraphFaults faults = new(path);
        Outcome<InputPolicy> policy = InputPolicy.Named(handler.InputStreamHandler);
        foreach (ProtoField field in handler.Options?.Fields ?? [])
        {
            string type = field.Name.EndsWith(".ext", StringComparison.Ordinal) ? field.Name[..^4] : field.Name;
            ProtoMessage? options = faults.Message(field);
            if (!policy.IsOk || options is null)
            {
                continue;
            }

            policy = (policy.Value.Kind, type) switch
            {
                (InputPolicyKind.SyncSet, SyncSetOptions.MessageName) => SyncSet(SyncSetOptions.Read(options, field.Place, faults)),
                (InputPolicyKind.FixedSize, FixedSizeOptions.MessageName) =>
                    FixedSize(FixedSizeOptions.Read(options, field.Place, faults)),
                (InputPolicyKind.Default, "mediapipe.DefaultInputStreamHandlerOptions") => policy,
                _ => Refuse(faults, field.Place, $"{handler.InputStreamHandler} takes no options of type {type}"),
            };
        }

        return !faults.AreNone ? faults.ToOutcome(StatusCode.GraphFileInvalid)
            : policy.IsOk ? policy
            : Outcome.Fail(policy.Code, $"{path}, {handler.Place}: {policy.Detail}.");
    }

    private static InputPolicy SyncSet(SyncSetOptions options) =>
        InputPolicy.SyncSet([.. options.SyncSet.Select(static set => (IReadOnlyList<PortName>)[.. set.TagIndex.Select(PortOf)])]);

    private static InputPolicy FixedSize(FixedSizeOptions options) =>
        InputPolicy.FixedSize(options.TriggerQueueSize, options.TargetQueueSize, options.FixedMinSize);

    // TAG, TAG:2, :0, or nothing for the first input without a tag. What names no input is found by the plan.
    private static PortName PortOf(string text)
    {
        string[] parts = text.Split(':');
        bool isIndexed = parts.Length == 2;
        return !isIndexed ? new PortName(text, 0)
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? new PortName(parts[0], index)
            : new PortName(text, -1);
    }

    private static Outcome Refuse(GraphFaults faults, ProtoPlace place, string why)
    {
        faults.Add(place, why);
        return faults.ToOutcome(StatusCode.GraphFileInvalid);
    }
}
