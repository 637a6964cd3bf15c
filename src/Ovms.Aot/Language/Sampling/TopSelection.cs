using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>
/// Selects the k largest elements of a row in one pass, and keeps the order of the row; of equal ones it takes the first. An element is
/// copied only if it exceeds the smallest of the k best so far, which few do. It owns buffers of 32 bytes for each of the k.
/// </summary>
internal sealed class TopSelection
{
    /// <summary>The largest k that is worth a selection.</summary>
    public const int Most = 1024;

    // Vectors that are compared at once.
    private const int Stride = 4;

    private readonly int _count;
    private readonly float[] _values;
    private readonly int[] _ids;
    private int _length;

    /// <summary>A selection of <paramref name="count"/> elements: 1 to <see cref="Most"/>.</summary>
    public TopSelection(int count)
    {
        _count = count;
        _values = new float[(4 * count) + 64];
        _ids = new int[_values.Length];
    }

    /// <summary>The elements; callers may change them.</summary>
    public Span<float> Values => _values.AsSpan(0, _length);

    /// <summary>Their indices in the row.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _length);

    /// <summary>Selects from a row. Elements of -infinity or NaN are never selected, so there may be fewer than k.</summary>
    public void Read(ReadOnlySpan<float> row)
    {
        _length = 0;
        float floor = float.NegativeInfinity;
        ReadOnlySpan<Vector<float>> vectors = Blocks.VectorsOf(row);
        int i = 0;
        for (; i + Stride <= vectors.Length; i += Stride)
        {
            Vector<float> limit = new(floor);
            Vector<int> larger = (Vector.GreaterThan(vectors[i], limit) | Vector.GreaterThan(vectors[i + 1], limit))
                | (Vector.GreaterThan(vectors[i + 2], limit) | Vector.GreaterThan(vectors[i + 3], limit));
            if (larger != Vector<int>.Zero)
                Append(row, i * Vector<float>.Count, Stride * Vector<float>.Count, ref floor);
        }

        int rest = i * Vector<float>.Count;
        Append(row, rest, row.Length - rest, ref floor);
        if (_length > _count)
            Reduce();
    }

    private void Append(ReadOnlySpan<float> row, int start, int count, ref float floor)
    {
        for (int id = start; id < start + count; id++)
        {
            if (!(row[id] > floor))
                continue;
            _values[_length] = row[id];
            _ids[_length++] = id;
            if (_length == _values.Length)
                floor = Reduce();
        }
    }

    // Keeps the k best in their order, and returns the smallest of them.
    private float Reduce()
    {
        Span<float> values = Values;
        float least = Threshold.Of(values, _count, out int reaching);
        int equal = reaching == _count ? int.MaxValue : _count - CountAbove(values, least);
        int kept = 0;
        float smallest = float.PositiveInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (!(value >= least) || (value == least && equal-- <= 0))
                continue;
            smallest = Math.Min(smallest, value);
            _ids[kept] = _ids[i];
            values[kept++] = value;
        }

        _length = kept;
        return smallest;
    }

    private static int CountAbove(ReadOnlySpan<float> values, float limit) => Threshold.CountReaching(values, MathF.BitIncrement(limit));
}
