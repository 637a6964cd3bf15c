using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's slices of lists, tuples, texts and ranges. Other types and wrong indices fail.</summary>
internal static class Slicing
{
    /// <summary>The slice; None stands for a part that was left out.</summary>
    public static JinjaValue Slice(JinjaValue owner, JinjaValue start, JinjaValue stop, JinjaValue step, RenderBudget budget)
    {
        if (owner.IsUndefined)
            throw owner.Origin.Fault();

        bool sliceable = owner.IsText || owner.Kind is JinjaKind.List or JinjaKind.Tuple
            || owner is { Kind: JinjaKind.Object, Object: RangeObject };
        if (!sliceable)
            throw PythonFault.Type($"'{owner.TypeName}' object cannot be sliced");

        if (!IsIndex(start) || !IsIndex(stop) || !IsIndex(step))
            throw PythonFault.Type("slice indices must be integers or None");

        long by = step.IsNone ? 1 : Clamp(step);
        if (by == 0)
            throw PythonFault.Value("slice step cannot be zero");

        long length = Iteration.Length(owner);
        long from = start.IsNone ? (by > 0 ? 0 : length - 1) : Bound(Clamp(start), length, by);
        long to = stop.IsNone ? (by > 0 ? length : -1) : Bound(Clamp(stop), length, by);
        long count = by > 0 ? Math.Max(0, (to - from + by - 1) / by) : Math.Max(0, (from - to - by - 1) / -by);
        if (owner.IsText)
            return JinjaValue.Like(owner, Text(owner.Text, from, by, (int)count, length, budget));

        if (owner.Kind == JinjaKind.Object)
            return JinjaValue.Of(((RangeObject)owner.Object).Slice(from, by, count));

        JinjaValue[] items = new JinjaValue[count];
        budget.Step(count);
        for (int i = 0; i < items.Length; i++)
            items[i] = owner.Items[(int)(from + (i * by))];

        return owner.Kind == JinjaKind.List ? JinjaValue.List(items) : JinjaValue.Tuple(items);
    }

    private static string Text(string text, long from, long by, int count, long length, RenderBudget budget)
    {
        budget.Text(count);
        if (count == 0)
            return "";

        int[]? starts = length == text.Length ? null : CodePoints.Starts(text);
        if (by == 1)
            return starts is null ? text.Substring((int)from, count) : text[starts[from]..starts[from + count]];

        if (starts is null)
        {
            return string.Create(count, (text, from, by), static (span, slice) =>
            {
                for (int i = 0; i < span.Length; i++)
                    span[i] = slice.text[(int)(slice.from + (i * slice.by))];
            });
        }

        TextBuffer result = budget.Scratch;
        int mark = result.Length;
        for (int i = 0; i < count; i++)
            result.Append(text.AsSpan()[starts[from + (i * by)]..starts[from + (i * by) + 1]]);

        return result.Take(mark);
    }

    private static bool IsIndex(JinjaValue value) => value.IsNone || value.IsInteger;

    private static long Clamp(JinjaValue value)
    {
        const long Far = 1L << 40;
        return value.Kind == JinjaKind.BigInt ? (value.Big.Sign < 0 ? -Far : Far) : Math.Clamp(value.Long, -Far, Far);
    }

    private static long Bound(long index, long length, long by)
    {
        if (index < 0)
            index += length;

        return by > 0 ? Math.Clamp(index, 0, length) : Math.Clamp(index, -1, length - 1);
    }
}
