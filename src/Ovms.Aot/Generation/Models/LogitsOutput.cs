using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>The output of a language model.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Vocabulary">Logits a row.</param>
internal readonly record struct LogitsOutput(int Index, int Vocabulary)
{
    /// <summary>Finds it; the problem is null on success.</summary>
    public static LogitsOutput? Find(IReadOnlyList<PortInfo> outputs, out string? problem)
    {
        PortInfo? port = outputs.FirstOrDefault(static output => output.Name == "logits") ?? (outputs.Count == 1 ? outputs[0] : null);
        problem = port is null ? "the model has no output logits"
            : port.ElementType != ElementType.F32 ? $"the model's logits are of the type {port.ElementType}; F32 is expected"
            : port.Shape.Dimensions is not [.., { IsStatic: true, Min: > 0 and <= int.MaxValue }]
                ? $"the model's logits have the shape {port.Shape}, which does not tell the size of the vocabulary"
            : null;
        return problem is null ? new LogitsOutput(port!.Index, (int)port.Shape[port.Shape.Rank - 1].Min) : null;
    }
}
