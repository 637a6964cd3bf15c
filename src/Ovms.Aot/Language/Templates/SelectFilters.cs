using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The filters that apply a test or a filter to each element. They are generators: each element is computed when taken.</summary>
internal static class SelectFilters
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("map", static (Renderer r, JinjaValue x, in Arguments a) => Generator(Map(r, x, a))),
        new("select", static (Renderer r, JinjaValue x, in Arguments a) => Generator(Select(r, x, a, byAttribute: false, keep: true))),
        new("reject", static (Renderer r, JinjaValue x, in Arguments a) => Generator(Select(r, x, a, byAttribute: false, keep: false))),
        new("selectattr", static (Renderer r, JinjaValue x, in Arguments a) => Generator(Select(r, x, a, byAttribute: true, keep: true))),
        new("rejectattr", static (Renderer r, JinjaValue x, in Arguments a) => Generator(Select(r, x, a, byAttribute: true, keep: false))),
    ];

    private static JinjaValue Generator(IEnumerator<JinjaValue> elements) => JinjaValue.Of(new IteratorObject(elements));

    private static IEnumerator<JinjaValue> Map(Renderer renderer, JinjaValue value, Arguments arguments)
    {
        if (!value.IsTrue)
            yield break;

        Func<JinjaValue, JinjaValue> change = Change(renderer, arguments);
        IEnumerator<JinjaValue> each = renderer.Iterate(value);
        while (each.MoveNext())
            yield return change(each.Current);
    }

    private static Func<JinjaValue, JinjaValue> Change(Renderer renderer, Arguments arguments)
    {
        if (arguments.Positional.Length == 0 && arguments.Get("attribute") is { Kind: not JinjaKind.Unset } attribute)
        {
            foreach ((string name, _) in arguments.Named)
            {
                if (name is not ("attribute" or "default"))
                    throw PythonFault.Argument($"Unexpected keyword argument '{name}'");
            }

            JinjaValue[] path = Attributes.Path(attribute);
            JinjaValue fallback = arguments.Get("default");
            return item => Attributes.Follow(item, path, fallback);
        }

        if (arguments.Positional.Length == 0)
            throw PythonFault.Argument("map requires a filter argument");

        MethodRow filter = Named(arguments.Positional[0], FilterTable.Find, "filter");
        Arguments rest = arguments with { Positional = arguments.Positional[1..] };
        return item => filter.Run(renderer, item, rest);
    }

    private static IEnumerator<JinjaValue> Select(Renderer renderer, JinjaValue value, Arguments arguments, bool byAttribute, bool keep)
    {
        if (!value.IsTrue)
            yield break;

        JinjaValue[] given = arguments.Positional;
        if (byAttribute && given.Length == 0)
            throw PythonFault.Argument("Missing parameter for attribute name");

        JinjaValue[] path = byAttribute ? Attributes.Path(given[0]) : [];
        given = byAttribute ? given[1..] : given;
        MethodRow? test = given.Length == 0 ? null : Named(given[0], TestTable.Find, "test");
        Arguments rest = arguments with { Positional = given.Length == 0 ? [] : given[1..] };
        IEnumerator<JinjaValue> each = renderer.Iterate(value);
        while (each.MoveNext())
        {
            JinjaValue tested = Attributes.Follow(each.Current, path);
            if ((test?.Run(renderer, tested, rest) ?? tested).IsTrue == keep)
                yield return each.Current;
        }
    }

    private static MethodRow Named(JinjaValue name, Func<string, MethodRow?> find, string kind) => (name.IsText ? find(name.Text) : null)
        ?? throw new PythonFault("TemplateRuntimeError", $"No {kind} named '{(name.IsText ? name.Text : name.TypeName)}'.");
}
