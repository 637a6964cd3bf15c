using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tensors;

/// <summary>A model's signature, as input of the emitters.</summary>
/// <param name="Namespace">Namespace of the class; null for the global one.</param>
/// <param name="ClassName">Name of the class, from the file's OvmsModel.</param>
/// <param name="ModelName">The name in the IR, which is also the usual served name.</param>
/// <param name="GrpcNamespace">Namespace of the project's classes that protoc generated from KServe's .proto.</param>
/// <param name="Inputs">In the model's order.</param>
/// <param name="Outputs">In the model's order.</param>
internal sealed record IrSignature(
    string? Namespace,
    string ClassName,
    string ModelName,
    string GrpcNamespace,
    EquatableArray<IrPort> Inputs,
    EquatableArray<IrPort> Outputs);

/// <summary>One input or output.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Member">The name in C#.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its shape; may be dynamic.</param>
internal sealed record IrPort(string Name, string Member, ElementTypeRow Type, IrShape Shape);

/// <summary>One dimension; without an upper bound if <paramref name="Max"/> is -1.</summary>
internal readonly record struct IrDimension(long Min, long Max)
{
    public bool IsStatic => Min == Max;

    /// <summary>The form in the server's messages: 3, -1, [1~512].</summary>
    public override string ToString() => IsStatic ? $"{Min}"
        : this is { Min: 0, Max: < 0 } ? "-1"
        : Max < 0 ? $"[{Min}~]"
        : $"[{Min}~{Max}]";
}

/// <summary>A shape; it has no dimensions if its rank is unknown.</summary>
internal sealed record IrShape(bool HasRank, EquatableArray<IrDimension> Dimensions)
{
    public bool IsStatic => HasRank && Dimensions.All(static dimension => dimension.IsStatic);

    /// <summary>Elements of a static shape; -1 if the number exceeds an int.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (IrDimension dimension in Dimensions)
            {
                if (dimension.Min != 0 && count > int.MaxValue / dimension.Min)
                {
                    return -1;
                }

                count *= dimension.Min;
            }

            return count;
        }
    }

    public override string ToString() => HasRank ? $"({string.Join(",", Dimensions)})" : "(...)";

    /// <summary>Parses an IR's shape: <c>1,10</c>, <c>?,1..512</c>, empty for a scalar, <c>...</c> for any rank; else null.</summary>
    public static IrShape? Parse(string text)
    {
        if (text.Trim() == "...")
        {
            return new IrShape(HasRank: false, default);
        }

        List<IrDimension> dimensions = [];
        foreach (string part in text.Split([','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseDimension(part.Trim()) is not IrDimension dimension)
            {
                return null;
            }

            dimensions.Add(dimension);
        }

        return new IrShape(HasRank: true, dimensions.ToEquatableArray());
    }

    private static IrDimension? ParseDimension(string text)
    {
        if (text is "?" or "-1")
        {
            return new IrDimension(0, -1);
        }

        int dots = text.IndexOf("..", StringComparison.Ordinal);
        string low = dots < 0 ? text : text.Substring(0, dots);
        string high = dots < 0 ? text : text.Substring(dots + 2);
        long min = 0;
        long max = -1;
        bool read = (dots >= 0 && low.Length == 0 || TryRead(low, out min)) && (dots >= 0 && high.Length == 0 || TryRead(high, out max));
        return read && (max < 0 || max >= min) ? new IrDimension(min, max) : null;
    }

    private static bool TryRead(string text, out long value) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value);
}
