using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>Reads the signature of a compiled model, as callers see it.</summary>
internal static class SignatureReader
{
    private const string PackedTextSuffix = "_string";

    /// <summary>Reads the signature.</summary>
    /// <param name="model">The compiled model.</param>
    /// <param name="prepared">The model from which it was compiled; provides layouts and names.</param>
    /// <returns>The signature; or a failure if two inputs or two outputs would have the same name.</returns>
    public static Outcome<Signature> Read(CompiledModel model, PreparedModel prepared) =>
        Read(model.Inputs, model.Outputs, prepared.InputLayouts, prepared.OutputLayouts, prepared.Names);

    /// <summary>Reads the signature from ports and their layouts by index.</summary>
    internal static Outcome<Signature> Read(
        IReadOnlyList<PortInfo> inputPorts,
        IReadOnlyList<PortInfo> outputPorts,
        ImmutableArray<string> inputLayouts,
        ImmutableArray<string> outputLayouts,
        PortNames? names = null)
    {
        names ??= PortNames.Own;
        ImmutableArray<TensorInfo> inputs =
            [.. inputPorts.Select(port => Describe(port, names.OfInput(port), inputLayouts[port.Index]))];
        ImmutableArray<TensorInfo> outputs =
            [.. outputPorts.Select(port => DescribeOutput(port, names.OfOutput(port), outputLayouts[port.Index]))];
        string? duplicate = FindDuplicate("inputs", inputs) ?? FindDuplicate("outputs", outputs);
        return duplicate is null ? new Signature(inputs, outputs) : Outcome.Fail(StatusCode.ModelNotLoaded, duplicate);
    }

    private static TensorInfo Describe(PortInfo port, string name, string layout) =>
        new(port.Index, name, port.ElementType, port.Shape, layout);

    // The original's convention for models without strings: each U8 row of an output with this suffix is served as one string.
    private static TensorInfo DescribeOutput(PortInfo port, string name, string layout)
    {
        bool isPackedText = port is { ElementType: ElementType.U8, Shape: { HasRank: true, Rank: 2 } }
            && name.EndsWith(PackedTextSuffix, StringComparison.Ordinal);
        if (!isPackedText)
        {
            return Describe(port, name, layout);
        }

        PartialShape rows = new(port.Shape[0]);
        return new TensorInfo(port.Index, name, ElementType.String, rows, LayoutText.Unknown) { IsPackedText = true };
    }

    private static string? FindDuplicate(string side, ImmutableArray<TensorInfo> ports) => ports
        .GroupBy(static port => port.Name, StringComparer.Ordinal)
        .Where(static group => group.Count() > 1)
        .Select(group => $"The {side} {string.Join(" and ", group.Select(static port => port.Index))} "
            + $"would both be served as {group.Key}: give each port of the model a name of its own.")
        .FirstOrDefault();
}
