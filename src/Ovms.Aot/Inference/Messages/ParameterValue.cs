using System.Globalization;
using Ovms.Status;

namespace Ovms.Inference.Messages;

/// <summary>The value of a request parameter, from any API. At most one part is set; none if the value is unusable.</summary>
internal readonly record struct ParameterValue
{
    /// <summary>A boolean.</summary>
    public bool? Flag { get; private init; }

    /// <summary>A whole number that is not negative.</summary>
    public ulong? Number { get; private init; }

    /// <summary>A text.</summary>
    public string? Text { get; private init; }

    /// <summary>A whole number of 64 bits with a sign.</summary>
    public long? Integer { get; private init; }

    private string? Other { get; init; }

    /// <summary>A boolean.</summary>
    public static ParameterValue Of(bool flag) => new() { Flag = flag };

    /// <summary>A whole number.</summary>
    public static ParameterValue Of(ulong number) => new() { Number = number, Integer = number <= long.MaxValue ? (long)number : null };

    /// <summary>A whole number; for most uses unusable if negative.</summary>
    public static ParameterValue Of(long number) =>
        number >= 0 ? Of((ulong)number) : new() { Integer = number, Other = number.ToString(CultureInfo.InvariantCulture) };

    /// <summary>A text.</summary>
    public static ParameterValue Of(string text) => new() { Text = text };

    /// <summary>An unusable value, for example a fraction.</summary>
    /// <param name="shown">The text that messages show for it.</param>
    public static ParameterValue Unusable(string shown) => new() { Other = shown };

    /// <summary>The value as a boolean, also from 0, 1 or a text; null for anything else.</summary>
    public bool? AsFlag() => this switch
    {
        { Flag: { } flag } => flag,
        { Number: 1 } or { Text: "1" } => true,
        { Number: 0 } or { Text: "0" } => false,
        { Text: { } text } when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        { Text: { } text } when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        _ => null,
    };

    /// <summary>The value as messages show it.</summary>
    public override string ToString() => this switch
    {
        { Flag: { } flag } => flag ? "true" : "false",
        { Number: { } number } => number.ToString(CultureInfo.InvariantCulture),
        { Text: { } text } => $"\"{Shown.Bounded(text)}\"",
        _ => Other ?? "nothing",
    };
}
