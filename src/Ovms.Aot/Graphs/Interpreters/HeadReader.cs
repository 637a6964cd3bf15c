using System.Buffers.Binary;
using System.Text;

namespace Ovms.Graphs.Interpreters;

/// <summary>Reads the head of a frame that a process sent. What it says is not trusted: every number is bounded.</summary>
/// <param name="head">The head.</param>
internal ref struct HeadReader(ReadOnlySpan<byte> head)
{
    /// <summary>Dimensions of one tensor, as numpy has them at most.</summary>
    public const int MostDims = 64;

    private ReadOnlySpan<byte> _rest = head;

    /// <summary>Whether all of it is read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads a number.</summary>
    /// <exception cref="InvalidDataException">The head ends before.</exception>
    public uint Number() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>Reads a number of 64 bits.</summary>
    /// <exception cref="InvalidDataException">The head ends before.</exception>
    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Reads a text; what is no UTF-8 is replaced.</summary>
    /// <exception cref="InvalidDataException">The head ends before.</exception>
    public string Text() => Encoding.UTF8.GetString(Take(Number()));

    /// <summary>Reads dimensions.</summary>
    /// <exception cref="InvalidDataException">The head ends before, or there are too many.</exception>
    public long[] Dims()
    {
        uint count = Number();
        if (count > MostDims)
        {
            throw new InvalidDataException($"a tensor has {count} dimensions; at most {MostDims} are taken");
        }

        long[] dims = new long[count];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = Long();
        }

        return dims;
    }

    private ReadOnlySpan<byte> Take(uint length)
    {
        if (length > (uint)_rest.Length)
        {
            throw new InvalidDataException($"the head of a frame ends after {_rest.Length} of {length} bytes");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
