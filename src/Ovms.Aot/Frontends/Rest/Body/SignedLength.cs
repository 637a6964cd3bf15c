using System.Buffers;
using System.Runtime.InteropServices;

namespace Ovms.Frontends.Rest.Body;

/// <summary>
/// Finds a sign before the number of a Content-Length. HTTP has digits alone there; the web server takes <c>+5</c> for 5, and who reads it
/// otherwise before it, a proxy, sees other requests than this server. The sign is overwritten, so that the web server refuses it.
/// </summary>
internal static class SignedLength
{
    /// <summary>What the caller is told.</summary>
    public const string Fault = "Invalid content length; Expected: digits alone; Actual: a sign before them";

    private const byte Sign = (byte)'+';
    private const byte Refused = (byte)'?';

    private static ReadOnlySpan<byte> Name => "content-length:"u8;

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Looks through what was received of a request's headers.</summary>
    /// <param name="received">Begins with a line, or with what is left of the last one.</param>
    /// <returns>Whether a sign was found.</returns>
    public static bool Refuse(ReadOnlySequence<byte> received)
    {
        // Nearly always the headers are in the first piece, with no such sign among them.
        ReadOnlySpan<byte> first = received.FirstSpan;
        int end = first.IndexOf(End);
        if (end >= 0 || received.IsSingleSegment)
        {
            return (end < 0 ? first : first[..end]).Contains(Sign) && RefuseLines(received);
        }

        return RefuseLines(received);
    }

    private static bool RefuseLines(ReadOnlySequence<byte> received)
    {
        SequenceReader<byte> reader = new(received);
        while (!reader.End && !reader.IsNext("\r\n"u8))
        {
            if (IsNamed(ref reader))
            {
                reader.AdvancePastAny((byte)' ', (byte)'\t');
                if (reader.TryPeek(out byte sign) && sign == Sign)
                {
                    Span<byte> writable = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(reader.UnreadSpan), 1);
                    writable[0] = Refused;
                    return true;
                }
            }

            if (!reader.TryAdvanceTo((byte)'\n'))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsNamed(ref SequenceReader<byte> reader)
    {
        Span<byte> start = stackalloc byte[Name.Length];
        if (!reader.TryCopyTo(start) || !System.Text.Ascii.EqualsIgnoreCase(start, Name))
        {
            return false;
        }

        reader.Advance(Name.Length);
        return true;
    }
}
