using System.Buffers.Binary;

namespace Ovms.Inference.Images;

/// <summary>Counts the scans of a JPEG without decoding it.</summary>
/// <remarks>
/// A progressive JPEG may have thousands of scans of a few bytes each. For each one the decoder passes over all pixels, and cannot be
/// interrupted.
/// </remarks>
internal static class JpegScans
{
    private const byte Prefix = 0xFF;
    private const byte Stuffed = 0x00;
    private const byte Temporary = 0x01;
    private const byte FirstRestart = 0xD0;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    /// <summary>The number of scans up to the end of the image; 0 if the file is no JPEG.</summary>
    public static int Count(ReadOnlySpan<byte> file)
    {
        int scans = 0;
        for (int at = 0; TryFindMarker(file, ref at, out byte marker);)
        {
            if (at <= 2 && marker != StartOfImage)
            {
                return 0;
            }

            if (marker == EndOfImage)
            {
                break;
            }

            scans += marker == StartOfScan ? 1 : 0;
            if (marker is Temporary or (>= FirstRestart and <= StartOfImage))
            {
                continue;
            }

            // The segment's length includes its own two bytes. After the header of a scan, the loop searches for the next marker.
            if (file.Length - at < sizeof(ushort))
            {
                break;
            }

            at += Math.Max((int)BinaryPrimitives.ReadUInt16BigEndian(file[at..]), sizeof(ushort));
            if (at > file.Length)
            {
                break;
            }
        }

        return scans;
    }

    // As decoders do: bytes between two markers are skipped, and any number of 0xFF may precede the code.
    private static bool TryFindMarker(ReadOnlySpan<byte> file, ref int at, out byte marker)
    {
        while (at < file.Length && file[at..].IndexOf(Prefix) is var next and >= 0)
        {
            at += next;
            int code = file[at..].IndexOfAnyExcept(Prefix);
            if (code < 0)
            {
                break;
            }

            at += code + 1;
            marker = file[at - 1];
            if (marker != Stuffed)
            {
                return true;
            }
        }

        marker = 0;
        return false;
    }
}
