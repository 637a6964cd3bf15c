using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The filters that compare elements. Unless asked otherwise they take capital letters for small ones.</summary>
internal static class OrderFilters
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("sort", "reverse? case_sensitive? attribute?", Sort),
        new("dictsort", "case_sensitive? by? reverse?", DictSort),
        new("unique", "case_sensitive? attribute?", static (r, x, a) => JinjaValue.Of(new IteratorObject(Unique(r, x, a)))),
        new("min", "case_sensitive? attribute?", static (r, x, a) => Extreme(r, x, a, sign: -1)),
        new("max", "case_sensitive? attribute?", static (r, x, a) => Extreme(r, x, a, sign: 1)),
        new("groupby", "attribute default? case_sensitive?", GroupBy),
    ];

    private static JinjaValue Plain(JinjaValue value, bool caseSensitive) =>
        !caseSensitive && value.IsText ? JinjaValue.Like(value, PythonCase.Lower(value.Text)) : value;

    private static JinjaValue Sort(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        bool caseSensitive = Argument.Truth(a[1], false);
        JinjaValue[] items = renderer.ToArray(value), keys = new JinjaValue[items.Length];
        JinjaValue[][] paths = a[2].IsText
            ? [.. a[2].Text.Split(',').Select(static part => Attributes.Path(part))] : [Attributes.Path(a[2])];
        for (int i = 0; i < items.Length; i++)
        {
            JinjaValue[] key = new JinjaValue[paths.Length];
            for (int k = 0; k < paths.Length; k++)
                key[k] = Plain(Attributes.Follow(items[i], paths[k]), caseSensitive);

            keys[i] = JinjaValue.List(key);
        }

        return JinjaValue.List(Ordered(items, PythonSort.Order(keys, Argument.Truth(a[0], false), renderer.Budget)));
    }

    private static JinjaValue[] Ordered(JinjaValue[] items, int[] order)
    {
        JinjaValue[] result = new JinjaValue[items.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = items[order[i]];

        return result;
    }

    private static JinjaValue DictSort(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        string by = Argument.Text(a[1], "dictsort", "key");
        if (by is not ("key" or "value"))
            throw PythonFault.Argument("You can only sort by either \"key\" or \"value\"");

        if (value.Kind != JinjaKind.Dict)
            throw PythonFault.Missing(value, "items");

        bool caseSensitive = Argument.Truth(a[0], false);
        JinjaDict members = value.Members;
        JinjaValue[] items = new JinjaValue[members.Count], keys = new JinjaValue[members.Count];
        for (int i = 0; i < items.Length; i++)
        {
            (JinjaValue key, JinjaValue member) = members.At(i);
            items[i] = JinjaValue.Tuple(key, member);
            keys[i] = Plain(by == "key" ? key : member, caseSensitive);
        }

        return JinjaValue.List(Ordered(items, PythonSort.Order(keys, Argument.Truth(a[2], false), renderer.Budget)));
    }

    private static IEnumerator<JinjaValue> Unique(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        HashSet<JinjaValue> seen = new(PythonKeys.Comparer);
        JinjaValue[] path = Attributes.Path(a[1]);
        IEnumerator<JinjaValue> each = renderer.Iterate(value);
        while (each.MoveNext())
        {
            if (seen.Add(Plain(Attributes.Follow(each.Current, path), Argument.Truth(a[0], false))))
                yield return each.Current;
        }
    }

    private static JinjaValue Extreme(Renderer renderer, JinjaValue value, JinjaValue[] a, int sign)
    {
        JinjaValue[] path = Attributes.Path(a[1]);
        bool caseSensitive = Argument.Truth(a[0], false);
        IEnumerator<JinjaValue> each = renderer.Iterate(value);
        if (!each.MoveNext())
            return UndefinedOrigin.Because("No aggregated item, sequence was empty.");

        JinjaValue best = each.Current, bestKey = Plain(Attributes.Follow(best, path), caseSensitive);
        while (each.MoveNext())
        {
            JinjaValue key = Plain(Attributes.Follow(each.Current, path), caseSensitive);
            int order = PythonKeys.Order(key, bestKey, renderer.Budget, sign < 0 ? "<" : ">");
            if (order != int.MinValue && Math.Sign(order) == sign)
                (best, bestKey) = (each.Current, key);
        }

        return best;
    }

    private static JinjaValue GroupBy(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        bool caseSensitive = Argument.Truth(a[2], false);
        JinjaValue[] path = Attributes.Path(a[0]), items = renderer.ToArray(value);
        JinjaValue[] keys = [.. items.Select(item => Plain(Attributes.Follow(item, path, a[1]), caseSensitive))];
        int[] order = PythonSort.Order(keys, false, renderer.Budget);
        List<JinjaValue> groups = [];
        for (int from = 0, to; from < order.Length; from = to)
        {
            to = from + 1;
            while (to < order.Length && PythonKeys.AreEqual(keys[order[from]], keys[order[to]], renderer.Budget))
                to++;

            JinjaValue[] members = [.. order[from..to].Select(place => items[place])];
            JinjaValue key = caseSensitive ? keys[order[from]] : Attributes.Follow(members[0], path, a[1]);
            groups.Add(JinjaValue.Tuple(new JinjaList([key, JinjaValue.List(members)], ["grouper", "list"])));
        }

        return JinjaValue.List([.. groups]);
    }
}
