using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>
/// Fast reader for an array, or nested arrays, of plain numbers in JSON text. A tokenizer takes several times as long. Whatever it does
/// not support, including faults and ragged arrays, is left to the full reader.
/// </summary>
/// <param name="text">From the array's opening bracket on; may be invalid JSON.</param>
/// <param name="lengths">Receives the tensor's shape, from index 1 on; needs room for <see cref="MostLevels"/> + 1.</param>
internal ref struct PlainArray(ReadOnlySpan<byte> text, Span<long> lengths)
{
    /// <summary>Maximum depth, more than any tensor has; deeper arrays are left to the full reader.</summary>
    public const int MostLevels = 32;

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<long> _lengths = lengths;
    private Levels _counts;
    private int _at;
    private int _depth;
    private bool _isBehindNumber;

    /// <summary>Whether the whole array was read, including its closing bracket.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Bytes read so far; the array's length once it <see cref="IsRead"/>.</summary>
    public readonly int Length => _at;

    /// <summary>Number of dimensions; 0 until the first number was read.</summary>
    public int Rank { get; private set; }

    /// <summary>Reads the next number; false at the end (see <see cref="IsRead"/>) and at anything that is not supported.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadNext(out JsonNumber number)
    {
        // Fast path: the next number of the same array, which is nearly always the case.
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

        // All numbers must be at the level of the first.
        Rank = Rank == 0 ? _depth : Rank;
        _at += number.Text.Length;
        return _isBehindNumber = Rank == _depth && Rank > 0;
    }

    // Moves from the end of a value to the beginning of the next one, or to the end of the array.
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

            // All arrays of a level must be equally long. None is empty, since a number was read in each.
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

    // The next byte that is not whitespace; 0 at the end.
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

    // For each level, from 1 on: items read so far in the current array.
    [InlineArray(MostLevels + 1)]
    private struct Levels
    {
        private long _first;
    }
}
