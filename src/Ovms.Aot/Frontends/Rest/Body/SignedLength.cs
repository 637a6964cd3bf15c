using System.Buffers;
using System.Runtime.InteropServices;

namespace Ovms.Frontends.Rest.Body;

/// <summary>
/// Finds a plus sign before the number of a Content-Length, where HTTP allows only digits. Kestrel would read <c>+5</c> as 5; a proxy that
/// reads it otherwise would see other requests than this server. The sign is overwritten, so that Kestrel rejects the request.
/// </summary>
internal static class SignedLength
{
    /// <summary>The error text for the caller.</summary>
    public const string Fault = "Invalid content length; Expected: digits alone; Actual: a sign before them";

    private const byte Sign = (byte)'+';
    private const byte Refused = (byte)'?';

    private static ReadOnlySpan<byte> Name => "content-length:"u8;

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Searches the headers received so far.</summary>
    /// <param name="received">Begins with a line, or with the rest of one.</param>
    /// <returns>Whether a sign was found.</returns>
    public static bool Refuse(ReadOnlySequence<byte> received)
    {
        // Nearly always the headers are in the first segment and contain no plus sign.
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
