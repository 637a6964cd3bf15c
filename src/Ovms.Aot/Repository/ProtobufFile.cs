using Ovms.Disk;

namespace Ovms.Repository;

/// <summary>
/// Walks the outermost fields of a protobuf file without reading their contents. In a truncated file a field is longer than the rest of
/// the file. OpenVINO reports such a file only as unreadable.
/// </summary>
internal static class ProtobufFile
{
    private const int LengthDelimited = 2;

    /// <summary>Searches for truncation.</summary>
    /// <returns>The fault; null if the file is complete, or is not binary protobuf, which OpenVINO then reports.</returns>
    public static string? FindCut(string path)
    {
        using FileStream stream = RegularFile.OpenRead(path, 4096);
        while (stream.Position < stream.Length)
        {
            long start = stream.Position;
            if (!TryReadVarint(stream, out ulong tag))
            {
                return null;
            }

            long? length = (tag & 7) switch
            {
                0 => TryReadVarint(stream, out _) ? 0 : null,
                1 => 8,
                LengthDelimited => TryReadVarint(stream, out ulong announced) && announced <= long.MaxValue ? (long)announced : null,
                5 => 4,
                _ => null,
            };
            if (length is null || tag >> 3 == 0)
            {
                return null;
            }

            if (length > stream.Length - stream.Position)
            {
                return $"the field at byte {start} is {length} bytes long, and {stream.Length - stream.Position} are left";
            }

            stream.Seek(length.Value, SeekOrigin.Current);
        }

        return null;
    }

    private static bool TryReadVarint(FileStream stream, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
            {
                return false;
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
