using System.Globalization;
using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>
/// What a caller names a sequence by: a number from 1, or a text. The two are spaces of their own: 5 and "5" are different sequences.
/// </summary>
/// <param name="Number">The number; 0 where the id is a text or none was given.</param>
/// <param name="Text">The text, never empty; null where the id is a number or none was given.</param>
internal readonly record struct SequenceId(ulong Number, string? Text = null)
{
    /// <summary>The longest text; ids are kept as long as their sequences live.</summary>
    public const int MaxTextLength = 256;

    // What a JSON reader that knows doubles only still holds exactly.
    private const long FirstTooLarge = 1L << 53;

    /// <summary>No id was given.</summary>
    public bool IsNone => Number == 0 && Text is null;

    /// <summary>
    /// An id for a caller who gave none. Drawn at random and not counted, so that a caller who missed that its sequence is gone (the
    /// model was loaded anew) does not continue another's.
    /// </summary>
    public static SequenceId Random() => new((ulong)System.Random.Shared.NextInt64(1, FirstTooLarge));

    /// <summary>As messages show it.</summary>
    public override string ToString() => Text is null ? Number.ToString(CultureInfo.InvariantCulture) : $"\"{Shown.Bounded(Text)}\"";
}
