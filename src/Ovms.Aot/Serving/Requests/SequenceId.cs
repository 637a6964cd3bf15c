using System.Globalization;
using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>A caller's name for a sequence: a number from 1, or a text. 5 and "5" are different sequences.</summary>
/// <param name="Number">The number; 0 if the id is a text or none was given.</param>
/// <param name="Text">The text, never empty; null if the id is a number or none was given.</param>
internal readonly record struct SequenceId(ulong Number, string? Text = null)
{
    /// <summary>The longest text. Ids are stored as long as their sequences live.</summary>
    public const int MaxTextLength = 256;

    // The limit of integers that JSON readers keep exactly in a double.
    private const long FirstTooLarge = 1L << 53;

    /// <summary>Whether no id was given.</summary>
    public bool IsNone => Number == 0 && Text is null;

    /// <summary>Creates an id for a caller that sent none.</summary>
    /// <remarks>
    /// It is random rather than counted. A caller that did not notice the end of its sequence (after a reload) would otherwise continue
    /// another caller's.
    /// </remarks>
    public static SequenceId Random() => new((ulong)System.Random.Shared.NextInt64(1, FirstTooLarge));

    /// <summary>The id as messages show it.</summary>
    public override string ToString() => Text is null ? Number.ToString(CultureInfo.InvariantCulture) : $"\"{Shown.Bounded(Text)}\"";
}
