using Ovms.Serving.Shapes;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>Caches failures to make variants, so that repeated calls with the same shapes cost no compilation each.</summary>
/// <remarks>Entries expire, since some failures, for example of memory, are temporary. Used under the table's lock.</remarks>
internal sealed class FailedShapes(TimeProvider clock)
{
    /// <summary>Maximum number of cached failures.</summary>
    public const int Capacity = 64;

    /// <summary>How long a failure is cached.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly Dictionary<long[][], (Outcome Failure, long At)> _byKey = new(SameShapes.Comparer);

    // Oldest first.
    private readonly Queue<long[][]> _order = new();

    /// <summary>The cached failure; null if there is none.</summary>
    public Outcome? Find(long[][] key)
    {
        while (_order.TryPeek(out long[][]? oldest) && clock.GetElapsedTime(_byKey[oldest].At) >= Memory)
        {
            Forget();
        }

        return _byKey.TryGetValue(key, out (Outcome Failure, long At) found) ? found.Failure : null;
    }

    /// <summary>Caches a failure of shapes that <see cref="Find"/> does not know.</summary>
    public void Add(long[][] key, Outcome failure)
    {
        if (_order.Count == Capacity)
        {
            Forget();
        }

        _byKey[key] = (failure, clock.GetTimestamp());
        _order.Enqueue(key);
    }

    private void Forget() => _byKey.Remove(_order.Dequeue());
}
