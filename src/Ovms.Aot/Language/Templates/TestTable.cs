using System.Collections.Frozen;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Jinja's tests.</summary>
internal static class TestTable
{
    private static readonly FrozenDictionary<string, MethodRow> s_rows = ((MethodRow[])
    [
        new("defined", "", static (r, x, a) => !x.IsUndefined),
        new("undefined", "", static (r, x, a) => x.IsUndefined),
        new("none", "", static (r, x, a) => x.IsNone),
        new("boolean", "", static (r, x, a) => x.Kind == JinjaKind.Bool),
        new("true", "", static (r, x, a) => x is { Kind: JinjaKind.Bool, IsTrue: true }),
        new("false", "", static (r, x, a) => x is { Kind: JinjaKind.Bool, IsTrue: false }),
        new("integer", "", static (r, x, a) => x.Kind is JinjaKind.Int or JinjaKind.BigInt),
        new("float", "", static (r, x, a) => x.Kind == JinjaKind.Float),
        new("number", "", static (r, x, a) => x.IsNumber),
        new("string", "", static (r, x, a) => x.IsText),
        new("mapping", "", static (r, x, a) => x.Kind == JinjaKind.Dict),
        new("sequence", "", static (r, x, a) => IsSequence(x)),
        new("iterable", "", static (r, x, a) => Iteration.Of(x, r.Budget) is not null),
        new("callable", "", static (r, x, a) => x.IsUndefined || (x.Kind == JinjaKind.Object && x.Object.IsCallable)),
        new("escaped", "", static (r, x, a) => x.Kind == JinjaKind.Markup),
        new("lower", "", static (r, x, a) => PythonCase.IsAll(r.Str(x), upper: false)),
        new("upper", "", static (r, x, a) => PythonCase.IsAll(r.Str(x), upper: true)),
        new("odd", "", static (r, x, a) => Rest(r, x, 2) is { } rest && PythonKeys.AreEqual(rest, 1, r.Budget)),
        new("even", "", static (r, x, a) => Rest(r, x, 2) is { } rest && PythonKeys.AreEqual(rest, 0, r.Budget)),
        new("divisibleby", "num", static (r, x, a) => PythonKeys.AreEqual(Rest(r, x, a[0]), 0, r.Budget)),
        new("sameas", "other", static (r, x, a) => x.IsSame(a[0])),
        new("in", "seq", static (r, x, a) => Operators.Contains(a[0], x, r)),
        new("filter", "", static (r, x, a) => IsName(x, static name => FilterTable.Find(name) is not null)),
        new("test", "", static (r, x, a) => IsName(x, static name => Find(name) is not null)),
        .. Comparisons("==", "eq", "equalto"),
        .. Comparisons("!=", "ne"),
        .. Comparisons(">", "gt", "greaterthan"),
        .. Comparisons(">=", "ge"),
        .. Comparisons("<", "lt", "lessthan"),
        .. Comparisons("<=", "le"),
    ]).ToFrozenDictionary(static row => row.Name);

    /// <summary>The test of a name, or null.</summary>
    public static MethodRow? Find(string name) => s_rows.GetValueOrDefault(name);

    private static MethodRow[] Comparisons(string sign, params string[] names) =>
        [.. names.Prepend(sign).Select(name => new MethodRow(name, "/ b", (r, x, a) => Operators.Compare(sign, x, a[0], r)))];

    private static JinjaValue Rest(Renderer renderer, JinjaValue value, JinjaValue by) => Operators.Compute("%", value, by, renderer);

    private static bool IsName(JinjaValue value, Func<string, bool> known)
    {
        PythonKeys.CheckKey(value, 0);
        return value.IsText && known(value.Text);
    }

    private static bool IsSequence(JinjaValue value) => value.IsText || value.IsUndefined || value.Kind is JinjaKind.List or JinjaKind.Tuple
        or JinjaKind.Dict || (value.Kind == JinjaKind.Object && value.Object is RangeObject);
}
