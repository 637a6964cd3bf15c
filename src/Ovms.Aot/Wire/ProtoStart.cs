namespace Ovms.Wire;

/// <summary>What the start of a message shows about a field.</summary>
internal enum FieldStart
{
    /// <summary>The field is there as a whole.</summary>
    Whole,

    /// <summary>The bytes end before the field does, or before it begins.</summary>
    Incomplete,

    /// <summary>Another field comes here, or what comes is no field that is taken.</summary>
    Other,
}

/// <summary>
/// Reads the first fields of a protobuf message of which more is still to come. Unlike <see cref="ProtoReader"/> it throws nothing, because
/// it is asked again with each piece that arrives.
/// </summary>
/// <param name="start">The first bytes of the message.</param>
internal ref struct ProtoStart(ReadOnlySpan<byte> start)
{
    private readonly ReadOnlySpan<byte> _start = start;
    private int _position;

    /// <summary>Reads the next field if it is this one and length-delimited; otherwise stays before it.</summary>
    /// <param name="field">The field's number, up to 15.</param>
    /// <param name="longest">A field that claims more bytes is not waited for.</param>
    /// <param name="value">Where its content lies in the message, if it is whole.</param>
    public FieldStart TryRead(int field, int longest, out Range value)
    {
        value = default;
        if (_position == _start.Length)
        {
            return FieldStart.Incomplete;
        }

        if (_start[_position] != ((field << 3) | (int)WireType.LengthDelimited))
        {
            return FieldStart.Other;
        }

        int at = _position + 1;
        long length = 0;
        for (int shift = 0; ; shift += 7)
        {
            if (at == _start.Length)
            {
                return FieldStart.Incomplete;
            }

            byte next = _start[at++];
            length |= (long)(next & 0x7F) << shift;
            if (length > longest)
            {
                return FieldStart.Other;
            }

            if (next < 0x80)
            {
                break;
            }

            if (shift > 56)
            {
                return FieldStart.Other;
            }
        }

        if (length > _start.Length - at)
        {
            return FieldStart.Incomplete;
        }

        _position = at + (int)length;
        value = at.._position;
        return FieldStart.Whole;
    }
}
