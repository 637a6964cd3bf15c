using System.Buffers;

namespace Ovms.Language.Text;

/// <summary>
/// Finds the first of some stop strings in a text that arrives in pieces, and passes on the text before it. The result is the same however
/// the text is cut: the match is the one that ends first, and of several that end there the longest ("abcd" gives "a" for the stop strings
/// "bc" and "abcd"). Nothing is trimmed.
/// </summary>
/// <remarks>
/// Text is held back only while it may begin a stop string: the longest end of the text that is the beginning of one. It is not stored, as
/// the stop string has it. Each string is followed by the method of Knuth, Morris and Pratt, so a character costs at most a few steps a
/// string on average, whatever the text.
/// </remarks>
internal sealed class StopText
{
    /// <summary>Most stop strings.</summary>
    public const int MostStops = 16;

    /// <summary>Most UTF-16 code units of a stop string.</summary>
    public const int LongestStop = 4096;

    private readonly StopString[] _stops;
    private readonly SearchValues<char> _beginnings;
    private readonly bool _include;

    // How many characters of each string the text ends with; the largest of them are held back.
    private readonly int[] _matched;
    private int _longest = -1;

    /// <summary>Looks for stop strings from the beginning of a text.</summary>
    /// <param name="stops">Strings that passed <see cref="Check"/>. Empty ones never match.</param>
    /// <param name="include">Whether the stop string itself is passed on.</param>
    public StopText(IReadOnlyList<string> stops, bool include)
    {
        _stops = [.. stops.Where(static stop => stop.Length > 0).Distinct().Select(static stop => new StopString(stop))];
        _beginnings = SearchValues.Create([.. _stops.Select(static stop => stop.Text[0])]);
        _matched = new int[_stops.Length];
        _include = include;
    }

    /// <summary>The stop string that was found; null before.</summary>
    public string? Found { get; private set; }

    /// <summary>How many UTF-16 code units are held back.</summary>
    public int Held => _longest < 0 ? 0 : _matched[_longest];

    /// <summary>Checks stop strings as a caller gives them.</summary>
    /// <returns>What is wrong with them; null if nothing is.</returns>
    public static string? Check(IReadOnlyList<string> stops) =>
        stops.Count > MostStops ? $"stop array must have no more than {MostStops} strings"
        : stops.Any(static stop => stop.Length == 0) ? "stop holds an empty string, which would end every answer at once; leave it out"
        : stops.FirstOrDefault(static stop => stop.Length > LongestStop) is { } tooLong
            ? $"stop holds a string of {tooLong.Length} characters; expected at most {LongestStop}"
        : null;

    /// <summary>Takes the next piece of text.</summary>
    /// <param name="output">Gets the text that is certain to stand before a stop string.</param>
    /// <param name="mayEnd">Whether a stop string may end in this piece; one that ends in it is passed on as text if not.</param>
    /// <returns>Whether a stop string was found. From then on the text has ended, and pieces are ignored.</returns>
    public bool Append(ReadOnlySpan<char> piece, IBufferWriter<char> output, bool mayEnd = true)
    {
        if (Found is not null)
            return true;
        ReadOnlySpan<char> held = HeldText;
        int i = 0;
        while (i < piece.Length)
        {
            if (_longest < 0)
            {
                // Nothing is begun: only a beginning can change that.
                int skip = piece[i..].IndexOfAny(_beginnings);
                if (skip < 0)
                    break;
                i += skip;
            }

            if (Step(piece[i++], mayEnd) is { } found)
            {
                Found = found;
                _longest = -1;
                Pass(held, piece[..i], held.Length + i - (_include ? 0 : found.Length), output);
                return true;
            }
        }

        Pass(held, piece, held.Length + piece.Length - Held, output);
        return false;
    }

    /// <summary>Ends the text: passes on what was held back, which did not become a stop string.</summary>
    public void Flush(IBufferWriter<char> output)
    {
        output.Write(HeldText);
        _longest = -1;
        Array.Clear(_matched);
    }

    private ReadOnlySpan<char> HeldText => _longest < 0 ? default : _stops[_longest].Text.AsSpan(0, Held);

    // The longest string that ends with this character and may end there.
    private string? Step(char next, bool mayEnd)
    {
        string? found = null;
        _longest = -1;
        for (int i = 0; i < _stops.Length; i++)
        {
            StopString stop = _stops[i];
            int matched = stop.Advance(_matched[i], next);
            if (matched == stop.Text.Length)
            {
                if (!mayEnd)
                    matched = stop.Shorter;
                else if (matched > (found?.Length ?? 0))
                    found = stop.Text;
            }

            _matched[i] = matched;
            if (matched > Held)
                _longest = i;
        }

        return found;
    }

    // The first characters of what was held back and the piece together.
    private static void Pass(ReadOnlySpan<char> held, ReadOnlySpan<char> piece, int count, IBufferWriter<char> output)
    {
        int fromHeld = Math.Min(count, held.Length);
        output.Write(held[..fromHeld]);
        output.Write(piece[..(count - fromHeld)]);
    }
}
