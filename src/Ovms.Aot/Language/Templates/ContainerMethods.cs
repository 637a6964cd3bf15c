using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The methods of dicts, lists and tuples. Those that change their value exist, but may not be used.</summary>
internal static class ContainerMethods
{
    /// <summary>The methods of dicts.</summary>
    public static MethodRow[] Dict { get; } =
    [
        new("items", "", static (r, self, a) => JinjaValue.Of(new DictView(self.Members, DictView.Part.Items))),
        new("keys", "", static (r, self, a) => JinjaValue.Of(new DictView(self.Members, DictView.Part.Keys))),
        new("values", "", static (r, self, a) => JinjaValue.Of(new DictView(self.Members, DictView.Part.Values))),
        new("get", "/ key default?", static (r, self, a) => Get(self.Members, a[0], a[1])),
        new("copy", "", static (r, self, a) => self),
        new("fromkeys", "/ iterable value?", static (r, self, a) => FromKeys(r, a[0], a[1])),
        .. Unsafe("clear", "pop", "popitem", "setdefault", "update"),
    ];

    /// <summary>The methods of lists alone.</summary>
    public static MethodRow[] List { get; } =
    [
        new("copy", "", static (r, self, a) => self),
        .. Unsafe("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"),
    ];

    /// <summary>The methods of lists and tuples.</summary>
    public static MethodRow[] Sequence { get; } =
    [
        new("index", "/ value start? stop?", static (r, self, a) => Index(r, self, a)),
        new("count", "/ value", static (r, self, a) => (long)r.ToArray(self).Count(item => PythonKeys.AreEqual(item, a[0], r.Budget))),
    ];

    private static MethodRow[] Unsafe(params string[] names) =>
        [.. names.Select(static name => new MethodRow(name, "", static (_, self, _) => self) { IsUnsafe = true })];

    private static JinjaValue Get(JinjaDict members, JinjaValue key, JinjaValue fallback)
    {
        PythonKeys.CheckKey(key, 0);
        return members.TryGet(key, out JinjaValue value) ? value : fallback.Kind == JinjaKind.Unset ? JinjaValue.None : fallback;
    }

    private static JinjaValue FromKeys(Renderer renderer, JinjaValue keys, JinjaValue value)
    {
        JinjaDict dict = new();
        value = value.Kind == JinjaKind.Unset ? JinjaValue.None : value;
        foreach (JinjaValue key in renderer.ToArray(keys))
            dict.Set(key, value);

        return JinjaValue.Dict(dict);
    }

    private static JinjaValue Index(Renderer renderer, JinjaValue self, JinjaValue[] a)
    {
        long count = self.Items.Count, from = Argument.Long(a[1], 0), to = Argument.Long(a[2], count);
        from = from < 0 ? Math.Max(0, from + count) : from;
        to = Math.Min(count, to < 0 ? to + count : to);
        for (long i = from; i < to; i++)
        {
            if (PythonKeys.AreEqual(self.Items[(int)i], a[0], renderer.Budget))
                return i;
        }

        throw PythonFault.Value($"{renderer.Str(a[0])} is not in {self.TypeName}");
    }
}
