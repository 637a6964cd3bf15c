using System.Globalization;
using Ovms.Generators.Infrastructure;
using Ovms.Tensors;

namespace Ovms.Generators.Tensors;

/// <summary>What the emitters say about a port in C#.</summary>
internal static class IrPortExtensions
{
    /// <summary>What one item of the typed arrays is: an element, or a byte of packed ones.</summary>
    public static string Item(this IrPort port) => port.Type switch
    {
        { Form: ElementForm.Packed } => "byte",

        // A type of the server's own: clients get the bits.
        { Clr: string clr } when clr.StartsWith("Ovms.", StringComparison.Ordinal) => port.Type.Bits switch { 8 => "byte", 16 => "ushort", 32 => "uint", _ => "ulong" },
        { Clr: string clr } when clr.Contains('.') => "global::" + clr,
        _ => port.Type.Clr!,
    };

    public static bool IsText(this IrPort port) => port.Type.Form == ElementForm.Text;

    /// <summary>Items of a port of static shape.</summary>
    public static long Items(this IrPort port) => port.Type.Form == ElementForm.Packed ? port.ByteSize() : port.Shape.Count;

    /// <summary>Bytes of a port of static shape that holds no strings.</summary>
    public static long ByteSize(this IrPort port) =>
        ((port.Shape.Count * port.Type.Bits) + port.Type.UnitBits - 1) / port.Type.UnitBits * (port.Type.UnitBits / 8);

    /// <summary>Items of <paramref name="count"/> elements, as an expression.</summary>
    public static string ItemsOf(this IrPort port, string count) =>
        port.Type.Form == ElementForm.Packed ? $"TensorBytes.Packed({count}, {Number(port.Type.Bits)}, {Number(port.Type.UnitBits)})" : count;

    /// <summary>For documentation and messages: FP32 (1,10).</summary>
    public static string Describe(this IrPort port) => $"{port.Type.Datatype} {port.Shape}";

    /// <summary>The dimensions as literals, -1 where open.</summary>
    public static string Dimensions(this IrPort port) =>
        string.Join(", ", port.Shape.Dimensions.Select(static dimension => Number(dimension.IsStatic ? dimension.Min : -1)));

    /// <summary>A condition that holds where <paramref name="shape"/>, of which <paramref name="length"/> tells the rank, does not fit; null where any fits.</summary>
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

    /// <summary>The name of a port inside an interpolated string.</summary>
    public static string Quoted(this IrPort port)
    {
        string literal = CodeWriter.Literal(port.Name);
        return literal.Substring(1, literal.Length - 2).Replace("{", "{{").Replace("}", "}}");
    }

    /// <summary>Text inside an XML comment.</summary>
    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\r", " ").Replace("\n", " ");

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
