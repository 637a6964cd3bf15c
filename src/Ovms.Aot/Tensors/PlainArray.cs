using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>
/// Reads a tensor of plain numbers, an array of them or of arrays of arrays, straight from JSON text: a tokenizer takes several times as
/// long for what nearly all tensors look like. Strict: whatever it does not know, faults and ragged arrays among them, it leaves to the
/// full reader.
/// </summary>
/// <param name="text">From the array's opening bracket on; need not be JSON.</param>
/// <param name="lengths">Receives the tensor's shape, from index 1 on; room for <see cref="MostLevels"/> and one more.</param>
internal ref struct PlainArray(ReadOnlySpan<byte> text, Span<long> lengths)
{
    /// <summary>Deeper than any tensor; deeper arrays are left to the full reader.</summary>
    public const int MostLevels = 32;

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<long> _lengths = lengths;
    private Levels _counts;
    private int _at;
    private int _depth;
    private bool _isBehindNumber;

    /// <summary>Whether the whole array was read, its closing bracket included.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Bytes read so far; the array's length once it <see cref="IsRead"/>.</summary>
    public readonly int Length => _at;

    /// <summary>The tensor's dimensions; 0 until the first number was read.</summary>
    public int Rank { get; private set; }

    /// <summary>The next number; false at the end and where something else stands: see <see cref="IsRead"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadNext(out JsonNumber number)
    {
        // The next number of the same array, as nearly all are.
        if (_isBehindNumber && _at < _text.Length && _text[_at] == ',')
        {
            int next = _at + 1;
            next += next < _text.Length && _text[next] == ' ' ? 1 : 0;
            if (JsonNumber.TryRead(_text, next, out number))
            {
                _counts[_depth]++;
                _at = next + number.Text.Length;
                return true;
            }
        }

        return TryReadAny(out number);
    }

    private bool TryReadAny(out JsonNumber number)
    {
        number = default;
        _isBehindNumber = false;
        if (IsRead || (_depth > 0 && !TryPassSeparator()) || IsRead)
        {
            return false;
        }

        while (Peek() == '[')
        {
            if (_depth == MostLevels)
            {
                return false;
            }

            _counts[++_depth] = 0;
            if (Rank == 0)
            {
                _lengths[_depth] = 0;
            }

            _at++;
        }

        if (!JsonNumber.TryRead(_text, _at, out number))
        {
            return false;
        }

        // All numbers stand at the level of the first.
        Rank = Rank == 0 ? _depth : Rank;
        _at += number.Text.Length;
        return _isBehindNumber = Rank == _depth && Rank > 0;
    }

    // From a value's end to the next value's begin or the end of all.
    private bool TryPassSeparator()
    {
        while (true)
        {
            long count = ++_counts[_depth];
            byte next = Peek();
            if (next == ',')
            {
                _at++;
                return true;
            }

            if (next != ']')
            {
                return false;
            }

            // All arrays of a level are equally long. None is empty, since a number was read in each.
            long length = _lengths[_depth];
            if (length != 0 && length != count)
            {
                return false;
            }

            _lengths[_depth] = count;
            _at++;
            if (--_depth == 0)
            {
                IsRead = true;
                return true;
            }
        }
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

    // By level, from 1 on: the items so far of the array that is being read.
    [InlineArray(MostLevels + 1)]
    private struct Levels
    {
        private long _first;
    }
}
