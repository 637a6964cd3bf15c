using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>--precision TARGET:SOURCE.</summary>
/// <param name="Target">The precision to which the data is converted.</param>
/// <param name="Source">The precision that callers send.</param>
internal sealed record PrecisionSetting(ElementType Target, ElementType Source)
{
    private static readonly (string Name, ElementType Type)[] s_names =
    [
        ("BF16", ElementType.BF16), ("FP64", ElementType.F64), ("FP32", ElementType.F32), ("FP16", ElementType.F16),
        ("INT64", ElementType.I64), ("INT32", ElementType.I32), ("INT16", ElementType.I16),
        ("INT8", ElementType.I8), ("INT4", ElementType.I4),
        ("UINT64", ElementType.U64), ("UINT32", ElementType.U32), ("UINT16", ElementType.U16),
        ("UINT8", ElementType.U8), ("UINT4", ElementType.U4), ("UINT1", ElementType.U1),
    ];

    /// <summary>Parses the option's text; null = not given.</summary>
    public static Outcome<PrecisionSetting?> Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return (PrecisionSetting?)null;
        }

        string[] parts = text.ToUpperInvariant().Split(':', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && Find(parts[0]) is { } target && Find(parts[1]) is { } source
            ? new PrecisionSetting(target, source)
            : Outcome.Fail(
                StatusCode.PrecisionWrongFormat,
                $"{text}: it is written FP32:UINT8, what the model has and what callers send, "
                    + $"each one of {string.Join(", ", s_names.Select(static entry => entry.Name))}.");
    }

    private static ElementType? Find(string name)
    {
        int index = Array.FindIndex(s_names, entry => entry.Name == name);
        return index < 0 ? null : s_names[index].Type;
    }
}
