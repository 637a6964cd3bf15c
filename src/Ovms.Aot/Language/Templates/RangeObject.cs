using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's range.</summary>
/// <param name="start">The first number.</param>
/// <param name="step">The difference; not zero.</param>
/// <param name="count">How many numbers.</param>
internal sealed class RangeObject(long start, long step, long count) : JinjaObject
{
    /// <inheritdoc/>
    public override string TypeName => "range";

    /// <summary>The first number.</summary>
    public long First => start;

    /// <summary>The difference.</summary>
    public long Step => step;

    /// <inheritdoc/>
    public override long Length => count;

    /// <inheritdoc/>
    public override string Represent(RenderBudget budget, int depth) =>
        step == 1 ? $"range({start}, {start + count})" : $"range({start}, {start + (count * step)}, {step})";

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is RangeObject other && count == other.Length && (count == 0 || (start == other.First && (count == 1 || step == other.Step)));

    /// <inheritdoc/>
    public override int GetHashCode() => count == 0 ? 0 : HashCode.Combine(count, start, count == 1 ? 0 : step);

    /// <summary>A part of it.</summary>
    public RangeObject Slice(long from, long by, long length) => new(start + (from * step), step * by, length);

    /// <summary>Whether a number is in it.</summary>
    public bool Contains(JinjaValue item)
    {
        if (item.Kind == JinjaKind.Float && item.Double == Math.Floor(item.Double) && Math.Abs(item.Double) < 1e15)
            item = (long)item.Double;

        if (item.Kind is not (JinjaKind.Int or JinjaKind.Bool))
            return false;

        long distance = item.Long - start;
        return distance % step == 0 && distance / step >= 0 && distance / step < count;
    }

    /// <inheritdoc/>
    public override bool TryElement(JinjaValue key, out JinjaValue value)
    {
        value = default;
        if (key.Kind is not (JinjaKind.Int or JinjaKind.Bool))
            return false;

        long index = key.Long < 0 ? key.Long + count : key.Long;
        if (index < 0 || index >= count)
            return false;

        value = start + (index * step);
        return true;
    }

    /// <inheritdoc/>
    public override IEnumerator<JinjaValue> Iterate()
    {
        for (long i = 0; i < count; i++)
            yield return start + (i * step);
    }
}
