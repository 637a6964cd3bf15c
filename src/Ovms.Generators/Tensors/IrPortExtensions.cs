using System.Globalization;
using Ovms.Generators.Infrastructure;
using Ovms.Tensors;

namespace Ovms.Generators.Tensors;

/// <summary>C# expressions and texts about a port, for the emitters.</summary>
internal static class IrPortExtensions
{
    /// <summary>Type of one item of the typed arrays: an element, or a byte of packed elements.</summary>
    public static string Item(this IrPort port) => port.Type switch
    {
        { Form: ElementForm.Packed } => "byte",

        // A type of the server: clients get its bits as an integer.
        { Clr: string clr } when clr.StartsWith("Ovms.", StringComparison.Ordinal) =>
            port.Type.Bits switch { 8 => "byte", 16 => "ushort", 32 => "uint", _ => "ulong" },
        { Clr: string clr } when clr.Contains('.') => "global::" + clr,
        _ => port.Type.Clr!,
    };

    public static bool IsText(this IrPort port) => port.Type.Form == ElementForm.Text;

    /// <summary>Items of a port with static shape.</summary>
    public static long Items(this IrPort port) => port.Type.Form == ElementForm.Packed ? port.ByteSize() : port.Shape.Count;

    /// <summary>Bytes of a port with static shape that does not hold strings.</summary>
    public static long ByteSize(this IrPort port) =>
        ((port.Shape.Count * port.Type.Bits) + port.Type.UnitBits - 1) / port.Type.UnitBits * (port.Type.UnitBits / 8);

    /// <summary>An expression for the number of items of <paramref name="count"/> elements.</summary>
    public static string ItemsOf(this IrPort port, string count) => port.Type.Form == ElementForm.Packed
        ? $"TensorBytes.Packed({count}, {Number(port.Type.Bits)}, {Number(port.Type.UnitBits)})"
        : count;

    /// <summary>Datatype and shape for documentation and messages: FP32 (1,10).</summary>
    public static string Describe(this IrPort port) => $"{port.Type.Datatype} {port.Shape}";

    /// <summary>The dimensions as literals; -1 for dynamic ones.</summary>
    public static string Dimensions(this IrPort port) =>
        string.Join(", ", port.Shape.Dimensions.Select(static dimension => Number(dimension.IsStatic ? dimension.Min : -1)));

    /// <summary>A condition that is true if a shape does not fit the port; null if every shape fits.</summary>
    /// <param name="port">The port.</param>
    /// <param name="shape">Expression of the shape.</param>
    /// <param name="length">The shape's property that holds the rank.</param>
    public static string? Misfit(this IrPort port, string shape, string length)
    {
        if (!port.Shape.HasRank)
        {
            return null;
        }

        IEnumerable<string> tests = port.Shape.Dimensions.SelectMany((dimension, i) => dimension.IsStatic
            ? [$"{shape}[{Number(i)}] != {Number(dimension.Min)}"]
            : dimension.Max < 0
                ? new[] { $"{shape}[{Number(i)}] < {Number(dimension.Min)}" }
                : [$"{shape}[{Number(i)}] < {Number(dimension.Min)}", $"{shape}[{Number(i)}] > {Number(dimension.Max)}"]);
        return string.Join(" || ", new[] { $"{shape}.{length} != {Number(port.Shape.Dimensions.Count)}" }.Concat(tests));
    }

    /// <summary>The port's name, escaped for an interpolated string.</summary>
    public static string Quoted(this IrPort port)
    {
        string literal = CodeWriter.Literal(port.Name);
        return literal.Substring(1, literal.Length - 2).Replace("{", "{{").Replace("}", "}}");
    }

    /// <summary>Escapes text for an XML comment.</summary>
    public static string Xml(string text) =>
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\r", " ").Replace("\n", " ");

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
