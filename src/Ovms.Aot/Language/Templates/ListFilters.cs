using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The filters that take elements, or put them into other containers.</summary>
internal static class ListFilters
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("list", "", static (r, x, a) => JinjaValue.List(r.ToArray(x))),
        new("first", "", First),
        new("last", "", Last),
        new("random", "", First),
        new("items", "", static (r, x, a) => Items(x)),
        new("reverse", "", Reverse),
        new("batch", "linecount fill_with?", static (r, x, a) => Iterator(Batch(r, x, a[0], a[1]))),
        new("slice", "slices fill_with?", static (r, x, a) => Iterator(Slice(r, x, a[0], a[1]))),
        new("sum", "attribute? start?", Sum),
    ];

    private static JinjaValue Iterator(IEnumerator<JinjaValue> elements) => JinjaValue.Of(new IteratorObject(elements));

    private static JinjaValue First(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        IEnumerator<JinjaValue> each = renderer.Iterate(value);
        return each.MoveNext() ? each.Current : UndefinedOrigin.Because("No first item, sequence was empty.");
    }

    private static JinjaValue Last(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        if (Iteration.Length(value) < 0)
            throw PythonFault.Type($"'{value.TypeName}' object is not reversible");

        JinjaValue[] all = renderer.ToArray(value);
        return all.Length > 0 ? all[^1] : UndefinedOrigin.Because("No last item, sequence was empty.");
    }

    // The type is checked only when the elements are taken.
    private static JinjaValue Items(JinjaValue value)
    {
        return Iterator(Each());

        IEnumerator<JinjaValue> Each()
        {
            if (value.IsUndefined)
                yield break;

            if (value.Kind != JinjaKind.Dict)
                throw PythonFault.Type("Can only get item pairs from a mapping.");

            for (int i = 0; i < value.Members.Count; i++)
                yield return JinjaValue.Tuple(value.Members.At(i).Key, value.Members.At(i).Value);
        }
    }

    private static JinjaValue Reverse(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        if (value.IsText)
            return Slicing.Slice(value, JinjaValue.None, JinjaValue.None, -1, renderer.Budget);

        if (Iteration.Of(value, renderer.Budget) is null)
            throw PythonFault.Argument("argument must be iterable");

        JinjaValue[] all;
        try
        {
            all = renderer.ToArray(value);
        }
        catch (PythonFault fault) when (fault.Kind == "TypeError")
        {
            throw PythonFault.Argument("argument must be iterable");
        }

        Array.Reverse(all);
        bool isIterator = Iteration.Length(value) >= 0;
        string name = value.Kind == JinjaKind.List ? "list_reverseiterator" : "reversed";
        return isIterator ? JinjaValue.Of(new IteratorObject(((IEnumerable<JinjaValue>)all).GetEnumerator(), name)) : JinjaValue.List(all);
    }

    private static IEnumerator<JinjaValue> Batch(Renderer renderer, JinjaValue value, JinjaValue size, JinjaValue fill)
    {
        IEnumerator<JinjaValue> each = renderer.Iterate(value);
        List<JinjaValue> batch = [];
        while (each.MoveNext())
        {
            if (PythonKeys.AreEqual(batch.Count, size, renderer.Budget))
            {
                yield return JinjaValue.List([.. batch]);
                batch.Clear();
            }

            batch.Add(each.Current);
        }

        if (batch.Count == 0)
            yield break;

        if (fill.Kind is not (JinjaKind.Unset or JinjaKind.None))
        {
            long missing = Argument.Long(size) - batch.Count;
            renderer.Budget.Step(Math.Max(0, missing));
            for (; missing > 0; missing--)
                batch.Add(fill);
        }

        yield return JinjaValue.List([.. batch]);
    }

    private static IEnumerator<JinjaValue> Slice(Renderer renderer, JinjaValue value, JinjaValue count, JinjaValue fill)
    {
        JinjaValue[] all = renderer.ToArray(value);
        long slices = Argument.Long(count);
        if (slices == 0)
            throw new PythonFault("ZeroDivisionError", "integer division or modulo by zero");

        long each = (long)Math.Floor((double)all.Length / slices), longer = all.Length - (each * slices);
        int at = 0;
        for (long i = 0; i < slices; i++)
        {
            int size = (int)each + (i < longer ? 1 : 0);
            List<JinjaValue> part = [.. all.AsSpan(at, size)];
            at += size;
            if (fill.Kind is not (JinjaKind.Unset or JinjaKind.None) && i >= longer)
                part.Add(fill);

            renderer.Budget.Step();
            yield return JinjaValue.List([.. part]);
        }
    }

    private static JinjaValue Sum(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        JinjaValue sum = a[1].Kind == JinjaKind.Unset ? 0 : a[1];
        if (sum.IsText)
            throw PythonFault.Type("sum() can't sum strings [use ''.join(seq) instead]");

        JinjaValue[]? path = a[0].Kind is JinjaKind.Unset or JinjaKind.None ? null : Attributes.Path(a[0]);
        IEnumerator<JinjaValue> each = renderer.Iterate(value);
        while (each.MoveNext())
            sum = Operators.Compute("+", sum, path is null ? each.Current : Attributes.Follow(each.Current, path), renderer);

        return sum;
    }
}
