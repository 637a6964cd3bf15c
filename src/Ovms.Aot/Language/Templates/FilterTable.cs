using System.Collections.Frozen;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Jinja's filters, with the <c>tojson</c> of chat templates and <c>from_json</c>.</summary>
internal static class FilterTable
{
    private static readonly FrozenDictionary<string, MethodRow> s_rows = ((MethodRow[])
    [
        new("default", "default_value? boolean?", Default),
        new("d", "default_value? boolean?", Default),
        new("length", "", Length),
        new("count", "", Length),
        new("attr", "name", static (r, x, a) => Attribute(x, Argument.Text(a[0], "attr"))),
        new("tojson", "ensure_ascii? indent? separators? sort_keys?", ToJson),
        new("from_json", "", static (r, x, a) => JsonValues.Parse(Argument.Text(x, "from_json"), r.Budget)),
        new("pprint", "", static (r, x, a) => PythonText.Repr(x, r.Budget)),
        .. TextFilters.Rows,
        .. HtmlFilters.Rows,
        .. NumberFilters.Rows,
        .. ListFilters.Rows,
        .. OrderFilters.Rows,
        .. SelectFilters.Rows,
    ]).ToFrozenDictionary(static row => row.Name);

    /// <summary>The filter of a name, or null.</summary>
    public static MethodRow? Find(string name) => s_rows.GetValueOrDefault(name);

    private static JinjaValue Default(Renderer renderer, JinjaValue value, JinjaValue[] a) =>
        value.IsUndefined || (Argument.Truth(a[1], false) && !value.IsTrue)
            ? a[0].Kind == JinjaKind.Unset ? JinjaValue.Empty : a[0] : value;

    private static JinjaValue Length(Renderer renderer, JinjaValue value, JinjaValue[] a) => Iteration.Length(value) is >= 0 and long length
        ? length : throw PythonFault.Type($"object of type '{value.TypeName}' has no len()");

    // Members of dicts do not count here.
    private static JinjaValue Attribute(JinjaValue value, string name)
    {
        if (value.Kind != JinjaKind.Dict || MethodTable.Find(JinjaKind.Dict, name) is not null)
            return Attributes.Get(value, name);

        return UndefinedOrigin.Member(value, name);
    }

    private static JinjaValue ToJson(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        string? indent = a[1].Kind switch
        {
            JinjaKind.Unset or JinjaKind.None => null,
            JinjaKind.String or JinjaKind.Markup => a[1].Text,
            _ => PythonStrings.Repeat(" ", Argument.Long(a[1]), renderer.Budget),
        };
        (string item, string key) = (indent is null ? ", " : ",", ": ");
        if (a[2].Kind is not (JinjaKind.Unset or JinjaKind.None))
        {
            JinjaValue[] separators = renderer.ToArray(a[2]);
            if (separators is not [{ IsText: true }, { IsText: true }])
                throw PythonFault.Value("separators must be two texts");

            (item, key) = (separators[0].Text, separators[1].Text);
        }

        return new PythonJson(renderer.Budget, Argument.Truth(a[0], false), indent, item, key, Argument.Truth(a[3], false)).Write(value);
    }
}
