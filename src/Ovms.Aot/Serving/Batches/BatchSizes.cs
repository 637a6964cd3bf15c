using System.Numerics;

namespace Ovms.Serving.Batches;

/// <summary>
/// The numbers of rows that are computed at once. The engine prepares itself for each number that it sees, so that few of them are used:
/// 1, 2, 3, 4, 6, 8, 12, 16, and so on.
/// </summary>
internal static class BatchSizes
{
    /// <summary>The largest of these numbers that is at most another one, which is at least 1.</summary>
    public static int Floor(int rows)
    {
        int power = 1 << BitOperations.Log2((uint)rows);
        int between = power + (power / 2);
        return power > 1 && between <= rows ? between : power;
    }
}
