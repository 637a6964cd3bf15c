using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>The shapes that a dynamic model has computed with, and the shapes that make it recover after a failure.</summary>
/// <remarks>
/// In each node OpenVINO's CPU plugin remembers the input shapes of the last execution. It does not update a node if they are unchanged.
/// An inference that fails half way has given the nodes new outputs but executed none. The previous shapes then find outputs of other
/// shapes: they fail or give wrong answers until an inference with other shapes runs. Any inference with other shapes is the remedy.
/// Shapes that are not known to work therefore compute alone (<see cref="Gate"/>), so that the model recovers before other calls.
/// </remarks>
/// <param name="signature">The model's signature.</param>
internal sealed class ShapeHistory(Signature signature)
{
    private const int Kept = 8;

    // Beyond this number all are forgotten. The cost is that each set of shapes computes alone once more.
    private const int MostKnown = 4096;

    private readonly Lock _gate = new();
    private readonly HashSet<long[][]> _known = new(SameShapes.Comparer);

    // Most recent first; each entry has the shapes in the order of the model's inputs. They are never written to.
    private readonly List<long[][]> _computed = [];
    private volatile long[][]? _latest;

    /// <summary>Admits calls: with known shapes concurrently, with others alone.</summary>
    public ShapeGate Gate { get; } = new();

    /// <summary>The shapes of the latest inference that succeeded; null if there is none. They are never written to.</summary>
    public long[][]? Latest => _latest;

    /// <summary>Records shapes that an inference has succeeded with.</summary>
    public void Remember(long[][] shapes)
    {
        if (_latest is { } latest && SameShapes.AreSame(latest, shapes))
        {
            return;
        }

        lock (_gate)
        {
            if (_known.Count == MostKnown && !_known.Contains(shapes))
            {
                _known.Clear();
            }

            _known.Add(shapes);
            int known = _computed.FindIndex(other => SameShapes.AreSame(other, shapes));
            if (known >= 0)
            {
                _computed.RemoveAt(known);
            }
            else if (_computed.Count == Kept)
            {
                _computed.RemoveAt(Kept - 1);
            }

            _computed.Insert(0, shapes);
            _latest = shapes;
        }
    }

    /// <summary>Whether an inference with these shapes has succeeded.</summary>
    public bool Contains(long[][] shapes)
    {
        if (_latest is { } latest && SameShapes.AreSame(latest, shapes))
        {
            return true;
        }

        lock (_gate)
        {
            return _known.Contains(shapes);
        }
    }

    /// <summary>
    /// Shapes for the recovery after a failure, the cheapest first: an empty batch, other known shapes, a batch larger by one. None if
    /// nothing was computed yet, so that no recovery is needed.
    /// </summary>
    public IReadOnlyList<long[][]> Remedies()
    {
        long[][][] computed;
        lock (_gate)
        {
            computed = [.. _computed];
        }

        if (computed.Length == 0)
        {
            return [];
        }

        long[][]?[] remedies =
        [
            WithExamples(computed[0], static _ => 0),
            .. computed[1..],
            computed[0],
            WithExamples(computed[0], static count => count + 1),
        ];
        return [.. remedies.OfType<long[][]>()];
    }

    // Null if the model's inputs do not allow another batch size.
    private long[][]? WithExamples(long[][] shapes, Func<long, long> change)
    {
        bool changed = false;
        long[][] others = new long[shapes.Length][];
        for (int i = 0; i < shapes.Length; i++)
        {
            TensorInfo info = signature.Inputs[i];
            int axis = Math.Max(info.BatchAxis, 0);
            others[i] = [.. shapes[i]];
            if (axis < others[i].Length)
            {
                long wanted = change(others[i][axis]);
                bool allowed = !info.Shape.HasRank || info.Shape[axis].Contains(wanted);
                others[i][axis] = allowed ? wanted : others[i][axis];
                changed |= allowed;
            }
        }

        return changed ? others : null;
    }
}
