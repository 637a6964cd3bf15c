using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>Tells what a compiled model takes and gives, in the words of callers.</summary>
internal static class SignatureReader
{
    private const string PackedTextSuffix = "_string";

    /// <summary>Reads the ports.</summary>
    /// <param name="model">The compiled model.</param>
    /// <param name="prepared">What it was compiled from, for the layouts.</param>
    /// <returns>The signature, or: two ports of one side would have one name.</returns>
    public static Outcome<Signature> Read(CompiledModel model, PreparedModel prepared) =>
        Read(model.Inputs, model.Outputs, prepared.InputLayouts, prepared.OutputLayouts, prepared.Names);

    /// <summary>The same from ports and layouts, by index.</summary>
    internal static Outcome<Signature> Read(
        IReadOnlyList<PortInfo> inputPorts, IReadOnlyList<PortInfo> outputPorts, ImmutableArray<string> inputLayouts, ImmutableArray<string> outputLayouts, PortNames? names = null)
    {
        names ??= PortNames.Own;
        ImmutableArray<TensorInfo> inputs = [.. inputPorts.Select(port => Describe(port, names.OfInput(port), inputLayouts[port.Index]))];
        ImmutableArray<TensorInfo> outputs = [.. outputPorts.Select(port => DescribeOutput(port, names.OfOutput(port), outputLayouts[port.Index]))];
        string? twice = FindTwice("inputs", inputs) ?? FindTwice("outputs", outputs);
        return twice is null ? new Signature(inputs, outputs) : Outcome.Fail(StatusCode.ModelNotLoaded, twice);
    }

    private static TensorInfo Describe(PortInfo port, string name, string layout) => new(port.Index, name, port.ElementType, port.Shape, layout);

    // The original's agreement with models that know no strings: rows of U8 under such a name are served as one string each.
    private static TensorInfo DescribeOutput(PortInfo port, string name, string layout) =>
        port is { ElementType: ElementType.U8, Shape: { HasRank: true, Rank: 2 } } && name.EndsWith(PackedTextSuffix, StringComparison.Ordinal)
            ? new TensorInfo(port.Index, name, ElementType.String, new PartialShape(port.Shape[0]), LayoutText.Unknown) { IsPackedText = true }
            : Describe(port, name, layout);

    private static string? FindTwice(string side, ImmutableArray<TensorInfo> ports) => ports
        .GroupBy(static port => port.Name, StringComparer.Ordinal)
        .Where(static group => group.Count() > 1)
        .Select(group => $"The {side} {string.Join(" and ", group.Select(static port => port.Index))} would both be served as {group.Key}: give each port of the model a name of its own.")
        .FirstOrDefault();
}
