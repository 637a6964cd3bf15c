using System.Collections.Frozen;

namespace Ovms.Generation.Tokenizing;

/// <summary>The pieces of a SentencePiece model, which older converters put into the IR whole.</summary>
/// <param name="Count">Number of ids.</param>
/// <param name="Control">Ids that give no text.</param>
internal sealed record SentencePieces(int Count, FrozenSet<int> Control)
{
    // Fields and values of SentencePiece's ModelProto.
    private const ulong PieceField = 1;
    private const ulong TypeField = 3;
    private const byte ControlType = 3;
    private const byte UserDefinedType = 4;

    /// <summary>Counts the pieces and lists the control pieces.</summary>
    /// <param name="model">The bytes of a ModelProto.</param>
    /// <param name="showAll">Whether control pieces become pieces that give their own text, in place.</param>
    /// <returns>The pieces; null if the bytes are no such message. They are not changed then.</returns>
    public static SentencePieces? Read(Span<byte> model, bool showAll)
    {
        List<(int Id, int Place)> control = [];
        int count = 0;
        int at = 0;
        while (at < model.Length)
        {
            if (!TryField(model, ref at, out ulong field, out int begin))
            {
                return null;
            }

            if (field == PieceField)
            {
                if (TypePlace(model[begin..at]) is { } place && model[begin + place] == ControlType)
                {
                    control.Add((count, begin + place));
                }

                count++;
            }
        }

        foreach ((_, int place) in control)
        {
            model[place] = showAll ? UserDefinedType : ControlType;
        }

        return new SentencePieces(count, control.Select(static piece => piece.Id).ToFrozenSet());
    }

    private static int? TypePlace(ReadOnlySpan<byte> piece)
    {
        int at = 0;
        while (at < piece.Length && TryField(piece, ref at, out ulong field, out int begin))
        {
            if (field == TypeField)
            {
                return begin;
            }
        }

        return null;
    }

    // Reads a field's key and passes its value, which begins at the given place.
    private static bool TryField(ReadOnlySpan<byte> bytes, ref int at, out ulong field, out int begin)
    {
        field = 0;
        begin = at;
        if (!TryNumber(bytes, ref at, out ulong key))
        {
            return false;
        }

        field = key >> 3;
        begin = at;
        ulong length = 0;
        switch (key & 7)
        {
            case 0:
                return TryNumber(bytes, ref at, out _);
            case 1:
                length = 8;
                break;
            case 2:
                if (!TryNumber(bytes, ref at, out length))
                {
                    return false;
                }

                begin = at;
                break;
            case 5:
                length = 4;
                break;
            default:
                return false;
        }

        if (length > (ulong)(bytes.Length - at))
        {
            return false;
        }

        at += (int)length;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> bytes, ref int at, out ulong number)
    {
        number = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte part = bytes[at++];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
