using System.Globalization;
using System.Numerics;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>StringToIntCalculator and its kin: a side packet of text as a number.</summary>
/// <param name="kind">The kind of number.</param>
internal sealed class StringToNumber(PacketKind kind) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, PacketKind kind)
    {
        finder.InputSide("", PacketKind.Text);
        finder.OutputSide("", kind);
        StringToNumber calculator = new(kind);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        string? text = context.Side(0) as string;
        if (Parse(text) is not object number)
        {
            string shown = text is null ? "no text" : $"\"{Shown.Bounded(text)}\"";
            return new(Outcome.Fail(
                StatusCode.GraphStartError, $"the side packet is {shown}; expected: the decimal digits of a number of kind {kind}"));
        }

        context.SetSide(0, number);
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context) => new(Outcome.Ok);

    private object? Parse(string? text) =>
        kind == PacketKind.Int32 ? ParseAs<int>(text)
        : kind == PacketKind.UInt32 ? ParseAs<uint>(text)
        : kind == PacketKind.Int64 ? ParseAs<long>(text)
        : ParseAs<ulong>(text);

    private static object? ParseAs<T>(string? text)
        where T : struct, IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T value) ? value : null;
}
