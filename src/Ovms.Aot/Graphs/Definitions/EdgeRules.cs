using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Graphs.Definitions;

/// <summary>The rules of a graph's edge, in the order and with the texts of the original.</summary>
internal static class EdgeRules
{
    private const string TensorsInstead = "use a tag that begins with OVTENSOR; between nodes all are tensors";

    /// <summary>Reads and checks the inputs, outputs and side packets of a graph.</summary>
    /// <param name="path">The graph's file, for the sentences.</param>
    /// <param name="config">The graph as written.</param>
    /// <returns>A definition without nodes; or the first fault.</returns>
    public static Outcome<GraphDefinition> Check(string path, GraphConfig config)
    {
        Outcome<ImmutableArray<StreamName>> inputs = Names(path, "input_stream", config.InputStream, StatusCode.GraphInputName);
        Outcome<ImmutableArray<StreamName>> outputs = Names(path, "output_stream", config.OutputStream, StatusCode.GraphOutputName);
        Outcome<ImmutableArray<StreamName>> sides =
            Names(path, "input_side_packet", config.InputSidePacket, StatusCode.GraphSidePacketName);
        Outcome first = new[] { inputs.WithoutValue, outputs.WithoutValue, sides.WithoutValue }.FirstOrDefault(static read => !read.IsOk);
        if (!first.IsOk)
        {
            return first;
        }

        if (inputs.Value.IsEmpty || outputs.Value.IsEmpty)
        {
            return Outcome.Fail(
                StatusCode.GraphInitializationError,
                $"{path}: the graph has no {(inputs.Value.IsEmpty ? "input_stream" : "output_stream")}; expected at least one of each.");
        }

        GraphDefinition definition = new(path, config, [])
        {
            Inputs = [.. inputs.Value.Select(static name => new GraphEdge(name, EdgeKinds.Of(name.Tag)))],
            Outputs = [.. outputs.Value.Select(static name => new GraphEdge(name, EdgeKinds.Of(name.Tag)))],
            InputSides = sides.Value,
        };
        Outcome kinds = CheckKinds(path, definition);
        return kinds.IsOk ? definition : kinds;
    }

    private static Outcome<ImmutableArray<StreamName>> Names(string path, string field, ImmutableArray<string> texts, StatusCode code)
    {
        string? fault = StreamName.Parse(texts, out ImmutableArray<StreamName> names);
        string? twice = names.IsDefaultOrEmpty
            ? null
            : names.GroupBy(static name => name.Name).FirstOrDefault(static same => same.Count() > 1)?.Key;
        fault ??= twice is null ? null : $"the name {twice} is given twice; callers know a stream by its name";
        return fault is null ? names : Outcome.Fail(code, $"{path}: {field} of the graph: {fault}.");
    }

    private static Outcome CheckKinds(string path, GraphDefinition definition)
    {
        foreach (GraphEdge edge in definition.Inputs.Concat(definition.Outputs))
        {
            string? why = edge.Kind switch
            {
                EdgeKind.TfLiteTensor => $"TFLITE_TENSOR may not enter or leave a graph; {TensorsInstead}",
                EdgeKind.Http =>
                    "HTTP_REQUEST_PAYLOAD and HTTP_RESPONSE_PAYLOAD are served in graphs of one node that generates text alone; "
                    + "another graph takes tensors",
                _ => null,
            };
            if (why is not null)
            {
                return Outcome.Fail(StatusCode.NotImplemented, $"{path}: the stream {edge.Name.Name} of the graph: {why}.");
            }
        }

        bool takesRequest = definition.Inputs.Any(static edge => edge.Kind == EdgeKind.Request);
        bool givesResponse = definition.Outputs.Any(static edge => edge.Kind == EdgeKind.Response);
        StatusCode code = takesRequest && !givesResponse ? StatusCode.GraphResponseMissing
            : givesResponse && !takesRequest ? StatusCode.GraphRequestMissing
            : takesRequest && definition.Inputs.Length > 1 ? StatusCode.GraphInputCount
            : takesRequest && definition.Outputs.Length > 1 ? StatusCode.GraphOutputCount
            : StatusCode.Ok;
        return code == StatusCode.Ok
            ? Outcome.Ok
            : Outcome.Fail(
                code, $"{path}: a graph that takes the whole request has REQUEST as its one input and RESPONSE as its one output.");
    }
}
