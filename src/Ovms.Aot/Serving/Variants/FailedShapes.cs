using Ovms.Serving.Shapes;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>
/// Shapes that a model could not be made for, the last ones and for a while: who asks for them again and again costs no compilation each
/// time. For a while only, since some failures, such as of memory, pass. Used under the table's lock.
/// </summary>
internal sealed class FailedShapes(TimeProvider clock)
{
    /// <summary>Failures that are remembered.</summary>
    public const int Capacity = 64;

    /// <summary>For how long.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly Dictionary<long[][], (Outcome Failure, long At)> _byKey = new(SameShapes.Comparer);

    // Oldest first.
    private readonly Queue<long[][]> _order = new();

    /// <summary>Why shapes failed; null where they are not known to fail.</summary>
    public Outcome? Find(long[][] key)
    {
        while (_order.TryPeek(out long[][]? oldest) && clock.GetElapsedTime(_byKey[oldest].At) >= Memory)
        {
            Forget();
        }

        return _byKey.TryGetValue(key, out (Outcome Failure, long At) found) ? found.Failure : null;
    }

    /// <summary>Remembers a failure of shapes that <see cref="Find"/> does not know.</summary>
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
