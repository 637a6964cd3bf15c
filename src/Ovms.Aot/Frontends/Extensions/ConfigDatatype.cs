using System.Collections.Immutable;

namespace Ovms.Frontends.Extensions;

/// <summary>The numbered element types of the model configuration: KServe's, with BYTES named STRING.</summary>
internal static class ConfigDatatype
{
    private const int Invalid = 0;

    private static readonly ImmutableArray<string> s_names =
    [
        "TYPE_INVALID", "TYPE_BOOL", "TYPE_UINT8", "TYPE_UINT16", "TYPE_UINT32", "TYPE_UINT64", "TYPE_INT8", "TYPE_INT16", "TYPE_INT32",
        "TYPE_INT64", "TYPE_FP16", "TYPE_FP32", "TYPE_FP64", "TYPE_STRING", "TYPE_BF16",
    ];

    /// <summary>The number of a KServe datatype; TYPE_INVALID's where the configuration has no name for it, as for UINT4.</summary>
    public static int NumberOf(string datatype) =>
        Math.Max(Invalid, s_names.IndexOf(datatype == "BYTES" ? "TYPE_STRING" : $"TYPE_{datatype}"));

    /// <summary>The name of a number.</summary>
    public static string NameOf(int number) => s_names[number];
}
