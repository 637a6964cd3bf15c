using Ovms.Graphs.Calculators.Python;
using Ovms.Graphs.Calculators.Vision;
using Ovms.Graphs.Definitions;
using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Graphs.Execution;

/// <summary>Checks a request against the edge of a graph. What the models take is checked where they are called.</summary>
internal static class EdgeCheck
{
    // Each name is compared with those before it.
    private const int MostInputs = 1024;

    /// <summary>Returns the first fault in a unary request, in the order and with the texts of the original.</summary>
    public static Outcome Check(GraphDefinition graph, InferMessage message)
    {
        Outcome step = TakesRequest(graph) ? CheckCount(message) : Outcome.Ok;
        step = step.IsOk ? RequestValidator.CheckContentPlaces(message) : step;
        for (int i = 0; step.IsOk && i < message.Inputs.Count; i++)
        {
            step = CheckInput(graph, message, i);
        }

        step = step.IsOk && message.Inputs.Count < graph.Inputs.Length ? Missing(graph, message) : step;
        string[] outputs = !step.IsOk || message.Outputs.Count == 0 ? []
            : TakesRequest(graph) ? [.. message.Inputs.Select(static input => input.Name)]
            : [.. graph.Outputs.Select(static edge => edge.Name.Name)];
        step = step.IsOk ? CheckOutputs(outputs, message) : step;
        return step.IsOk ? CheckSides(graph, message) : step;
    }

    /// <summary>
    /// Returns the first fault in a request of a stream, which may have some of the inputs, and whose contents become packets as they are.
    /// </summary>
    public static Outcome CheckStreamed(GraphDefinition graph, InferMessage message)
    {
        Outcome step = message.Inputs.Count == 0
            ? Outcome.Fail(StatusCode.InvalidNoOfInputs, "a request of a stream needs one input at least")
            : RequestValidator.CheckContentPlaces(message);
        if (Array.Exists([.. graph.Inputs, .. graph.Outputs], static edge => edge.Kind is EdgeKind.Image or EdgeKind.Request))
        {
            return Outcome.Fail(
                StatusCode.NotImplemented, "graphs with an IMAGE or a REQUEST at the edge are not served in streams; call ModelInfer");
        }

        for (int i = 0; step.IsOk && i < message.Inputs.Count; i++)
        {
            step = message.Inputs[i].Shared is null
                ? CheckInput(graph, message, i)
                : Outcome.Fail(
                    StatusCode.NotImplemented,
                    "inputs in shared memory are not served in the stream of a graph; input name: "
                        + Shown.Bounded(message.Inputs[i].Name));
        }

        return step;
    }

    private static Outcome CheckInput(GraphDefinition graph, InferMessage message, int index)
    {
        InputTensor input = message.Inputs[index];

        // A whole request may have any inputs.
        GraphEdge? edge = TakesRequest(graph) ? graph.Inputs[0] : Find(graph.Inputs.AsSpan(), input.Name);
        if (edge is null)
        {
            return Outcome.Fail(StatusCode.UnexpectedInput, $"{Shown.Bounded(input.Name)} is unexpected");
        }

        for (int earlier = 0; earlier < index; earlier++)
        {
            if (message.Inputs[earlier].Name == input.Name)
            {
                return Outcome.Fail(StatusCode.DuplicateInput, $"input name: {Shown.Bounded(input.Name)}");
            }
        }

        return CheckKind(edge.Kind, input);
    }

    private static Outcome CheckKind(EdgeKind kind, InputTensor input)
    {
        if (kind == EdgeKind.Image)
        {
            return ImageEdge.Check(input);
        }

        // A Python node takes bytes of any datatype, and BYTES without lengths between them, as clients of the original send files.
        if (kind == EdgeKind.Python)
        {
            Outcome<TensorInfo> described = PythonTensors.Describe(input.Datatype, input.Shape, input.Content);
            return described.IsOk
                ? Outcome.Ok
                : Outcome.Fail(StatusCode.InvalidShape, $"the input has {described.Detail}; input name: {Shown.Bounded(input.Name)}");
        }

        bool isMediaPipe = kind == EdgeKind.MediaPipeTensor;
        foreach (long dimension in input.Shape)
        {
            if (dimension < 0 || (isMediaPipe && dimension == 0))
            {
                return Outcome.Fail(
                    StatusCode.InvalidShape,
                    $"Negative or zero dimension size is not acceptable: {dimension}; input name: {Shown.Bounded(input.Name)}");
            }
        }

        bool isTaken = kind switch
        {
            EdgeKind.MediaPipeTensor => input.Datatype is "FP32" or "FP16" or "INT32" or "INT8" or "UINT8" or "BOOL",
            EdgeKind.TensorFlowTensor => input.Datatype != "BYTES",
            _ => true,
        };
        return isTaken
            ? CheckContent(input)
            : Outcome.Fail(
                StatusCode.InvalidPrecision,
                isMediaPipe
                    ? $"Not supported precision for Mediapipe tensor deserialization: {Shown.Bounded(input.Datatype)}; "
                        + $"input name: {Shown.Bounded(input.Name)}"
                    : $"a TFTENSOR stream takes numbers; got BYTES; input name: {Shown.Bounded(input.Name)}");
    }

    // A tensor may leave the graph without having been in a model, so that nothing else compares its content with its shape.
    private static Outcome CheckContent(InputTensor input) => TensorMarshaler.ForDatatype(input.Datatype) is { } marshaler
        ? ContentValidator.Check(marshaler, input)
        : Outcome.Fail(
            StatusCode.InvalidPrecision,
            $"no datatype {Shown.Bounded(input.Datatype)} exists; expected one like FP32, INT64 or BYTES; "
                + $"input name: {Shown.Bounded(input.Name)}");

    // A repeated name was found before, so that some input of the graph is not there.
    private static Outcome Missing(GraphDefinition graph, InferMessage message) => Outcome.Fail(
        StatusCode.InvalidNoOfInputs,
        "Not all input packets created; missing: "
            + string.Join(
                ", ",
                graph.Inputs.Select(static edge => edge.Name.Name).Where(name => !message.Inputs.Exists(input => input.Name == name))));

    private static bool TakesRequest(GraphDefinition graph) => graph.Inputs[0].Kind == EdgeKind.Request;

    // Elsewhere the graph's own inputs are the bound.
    private static Outcome CheckCount(InferMessage message) => message.Inputs.Count is > 0 and <= MostInputs
        ? Outcome.Ok
        : Outcome.Fail(
            StatusCode.InvalidNoOfInputs,
            $"Expected: 1 to {MostInputs} for a graph that takes whole requests; Actual: {message.Inputs.Count}");

    private static Outcome CheckOutputs(string[] outputs, InferMessage message)
    {
        for (int i = 0; i < message.Outputs.Count; i++)
        {
            string name = message.Outputs[i].Name;
            bool isTwice = false;
            for (int earlier = 0; earlier < i; earlier++)
            {
                isTwice |= message.Outputs[earlier].Name == name;
            }

            if (isTwice || !outputs.Contains(name))
            {
                return Outcome.Fail(
                    StatusCode.InvalidRequestedOutput,
                    isTwice
                        ? $"{Shown.Bounded(name)} is asked for twice"
                        : $"Requested: {Shown.Bounded(name)}; Outputs: {Shown.Bounded(string.Join(", ", outputs))}");
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Whether the parameters of a request are the side packets of the graph.</summary>
    public static Outcome CheckSides(GraphDefinition graph, InferMessage message)
    {
        foreach (StreamName side in graph.InputSides)
        {
            int given = message.Parameters.FindIndex(parameter => parameter.Name == side.Name);
            if (given < 0)
            {
                return Outcome.Fail(
                    StatusCode.GraphStartError, $"the side packet {side.Name} is not given; send it as a parameter of the request");
            }

            ParameterValue value = message.Parameters[given].Value;
            if (value is { Flag: null, Integer: null, Text: null })
            {
                return Outcome.Fail(
                    StatusCode.NotImplemented,
                    $"Handling parameters of other types than: bool, string, int64 is not supported; parameter: {side.Name}; got {value}");
            }
        }

        return Outcome.Ok;
    }

    /// <summary>The position of an input of the graph; -1 for none.</summary>
    public static int IndexOf(GraphDefinition graph, string name)
    {
        for (int i = 0; i < graph.Inputs.Length; i++)
        {
            if (graph.Inputs[i].Name.Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static GraphEdge? Find(ReadOnlySpan<GraphEdge> edges, string name)
    {
        foreach (GraphEdge edge in edges)
        {
            if (edge.Name.Name == name)
            {
                return edge;
            }
        }

        return null;
    }
}
