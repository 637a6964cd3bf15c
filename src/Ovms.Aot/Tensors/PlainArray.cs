using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>
/// Reads an array of plain numbers, or arrays of them, straight from JSON text: a tokenizer takes several times as long for what nearly
/// all tensors look like. Strict: whatever it does not know, faults among them, it leaves to the full reader.
/// </summary>
/// <param name="text">From the array's opening bracket on; need not be JSON.</param>
internal ref struct PlainArray(ReadOnlySpan<byte> text)
{
    // Deeper than any tensor; deeper JSON is refused elsewhere, with a sentence.
    private const int MostLevels = 32;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;
    private int _depth;

    /// <summary>Whether the whole array was read, its closing bracket included.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Bytes read so far; the array's length once it <see cref="IsRead"/>.</summary>
    public readonly int Length => _at;

    /// <summary>The next number; false at the end and where something else stands: see <see cref="IsRead"/>.</summary>
    public bool TryReadNext(out double value)
    {
        value = 0;
        if (!IsRead && _at > 0 && !TryPassSeparator())
        {
            return false;
        }

        if (IsRead)
        {
            return false;
        }

        while (Peek() == '[')
        {
            if (++_depth > MostLevels)
            {
                return false;
            }

            _at++;
        }

        return _depth > 0 && DecimalNumber.TryReadPlain(_text, ref _at, out value);
    }

    // From a value's end to the next value's begin or the end of all.
    private bool TryPassSeparator()
    {
        while (Peek() == ']')
        {
            _at++;
            if (--_depth == 0)
            {
                IsRead = true;
                return true;
            }
        }

        if (Peek() != ',')
        {
            return false;
        }

        _at++;
        return true;
    }

    // The next byte that is not white space; 0 at the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte Peek()
    {
        for (; _at < _text.Length; _at++)
        {
            byte next = _text[_at];
            if (next is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return next;
            }
        }

        return 0;
    }
}
