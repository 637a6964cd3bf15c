using Ovms.Disk;

namespace Ovms.Repository;

/// <summary>
/// Walks the outermost fields of a protobuf file, skipping their contents. A file that was cut off while being copied shows in a field
/// that is longer than what is left; of such a file the engine says only that it cannot read it.
/// </summary>
internal static class ProtobufFile
{
    private const int LengthDelimited = 2;

    /// <summary>Looks for the cut.</summary>
    /// <returns>What is wrong, or null: whole, or not binary protobuf at all, which is for the engine to judge.</returns>
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
