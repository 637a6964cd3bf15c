using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>
/// The shapes that a dynamic model has computed with, and those that lead it back to order after a failure.
/// </summary>
/// <remarks>
/// The CPU plugin remembers in each node the shapes it was last executed with, and leaves a node alone whose inputs have not changed.
/// An inference that fails half way has given the nodes new outputs and executed none: the shapes of before now find outputs of other
/// shapes, and fail, or answer wrongly, for as long as nobody asks for others. To compute anything with other shapes heals it.
/// Shapes that are not known to work therefore compute alone (<see cref="Gate"/>), so that a failure is healed before anybody else computes.
/// </remarks>
/// <param name="signature">What the model takes.</param>
internal sealed class ShapeHistory(Signature signature)
{
    private const int Kept = 8;

    // Beyond this many the model forgets and finds out again: what it costs is that each set of shapes computes alone once more.
    private const int MostKnown = 4096;

    private readonly Lock _gate = new();
    private readonly HashSet<long[][]> _known = new(SameShapes.Comparer);

    // Most recent first; each an array of shapes in the order of the model's inputs. Nobody writes to them.
    private readonly List<long[][]> _computed = [];
    private volatile long[][]? _latest;

    /// <summary>Where calls pass: with known shapes side by side, with others alone.</summary>
    public ShapeGate Gate { get; } = new();

    /// <summary>Notes what was computed with.</summary>
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

    /// <summary>Whether these were computed with.</summary>
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
    /// Shapes to compute with after a failure, the cheapest first: no examples at all, others of before, one example more. None where
    /// nothing was computed yet, and nothing can be out of order.
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

        long[][]?[] remedies = [WithExamples(computed[0], static _ => 0), .. computed[1..], computed[0], WithExamples(computed[0], static count => count + 1)];
        return [.. remedies.OfType<long[][]>()];
    }

    // Null where the model's inputs do not let the number of examples be another one.
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
