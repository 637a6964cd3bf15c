using Ovms.Frontends.Rest.Json;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Lists of ids that are filled up while they are written: a short request may ask for gigabytes of filling.</summary>
/// <param name="Lists">The ids, cut.</param>
/// <param name="Length">Ids of each list that is filled up; 0 if none is.</param>
/// <param name="Pad">The id to fill up with.</param>
/// <param name="IsLeft">Whether they are filled up at the beginning.</param>
internal sealed record TokenLists(IReadOnlyList<int[]> Lists, int Length, int Pad, bool IsLeft)
{
    // Ids that are written between two checks whether the caller is still there.
    private const int Piece = 1 << 16;

    /// <summary>Ids of all lists.</summary>
    public long Count => Lists.Sum(ids => (long)ids.Length + MissingOf(ids));

    /// <summary>Bytes that <see cref="TryWrite"/> writes.</summary>
    public long Bytes
    {
        get
        {
            long bytes = Lists.Count == 1 ? 0 : 2 + (Lists.Count - 1L);
            foreach (int[] ids in Lists)
            {
                long missing = MissingOf(ids);
                bytes += 2 + Math.Max(0, ids.Length + missing - 1) + (missing * DigitsOf(Pad));
                foreach (int id in ids)
                {
                    bytes += DigitsOf(id);
                }
            }

            return bytes;
        }
    }

    /// <summary>Writes an array of ids for one list, an array of arrays for several.</summary>
    /// <param name="buffer">Receives them.</param>
    /// <param name="cancellation">The caller has left.</param>
    /// <returns>Whether all is written; false if the caller has left.</returns>
    public bool TryWrite(NativeBuffer buffer, CancellationToken cancellation)
    {
        buffer.Raw(Lists.Count == 1 ? default : "["u8);
        for (int i = 0; i < Lists.Count; i++)
        {
            buffer.Raw(i == 0 ? "["u8 : ",["u8);
            int missing = MissingOf(Lists[i]);
            bool isFirst = true;
            if (!TryFill(buffer, IsLeft ? missing : 0, ref isFirst, cancellation))
            {
                return false;
            }

            foreach (int id in Lists[i])
            {
                Add(buffer, id, ref isFirst);
            }

            if (!TryFill(buffer, IsLeft ? 0 : missing, ref isFirst, cancellation))
            {
                return false;
            }

            buffer.Raw("]"u8);
        }

        buffer.Raw(Lists.Count == 1 ? default : "]"u8);
        return true;
    }

    private int MissingOf(int[] ids) => Math.Max(0, Length - ids.Length);

    private bool TryFill(NativeBuffer buffer, int count, ref bool isFirst, CancellationToken cancellation)
    {
        for (int i = 0; i < count; i++)
        {
            Add(buffer, Pad, ref isFirst);
            if (i % Piece == 0 && cancellation.IsCancellationRequested)
            {
                return false;
            }
        }

        return !cancellation.IsCancellationRequested;
    }

    private static void Add(NativeBuffer buffer, int id, ref bool isFirst)
    {
        buffer.Raw(isFirst ? default : ","u8);
        buffer.Number(id);
        isFirst = false;
    }

    private static int DigitsOf(int id)
    {
        int digits = id < 0 ? 2 : 1;
        for (int rest = id / 10; rest != 0; rest /= 10)
        {
            digits++;
        }

        return digits;
    }
}
