using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's <c>str.join</c> and Jinja's filter of that name.</summary>
internal static class Joining
{
    /// <summary>The method: all elements must be texts, and a marked separator escapes them.</summary>
    public static JinjaValue Join(Renderer renderer, JinjaValue separator, JinjaValue items)
    {
        if (Iteration.Of(items, renderer.Budget) is null)
            throw PythonFault.Type("can only join an iterable");

        JinjaValue[] parts = renderer.ToArray(items);
        TextBuffer text = renderer.Budget.Scratch;
        int start = text.Length;
        for (int i = 0; i < parts.Length; i++)
        {
            if (i > 0)
                text.Append(separator.Text);

            if (separator.Kind == JinjaKind.Markup)
            {
                string part = renderer.Str(parts[i]);
                text.Append(parts[i].Kind == JinjaKind.Markup ? part : PythonStrings.Escape(part, renderer.Budget));
                continue;
            }

            if (!parts[i].IsText)
                throw PythonFault.Type($"sequence item {i}: expected str instance, {parts[i].TypeName} found");

            text.Append(parts[i].Text);
        }

        return JinjaValue.Like(separator, text.Take(start));
    }

    /// <summary>The filter: all elements are made texts.</summary>
    public static JinjaValue JoinAll(Renderer renderer, JinjaValue items, JinjaValue[] a)
    {
        string separator = a[0].Kind == JinjaKind.Unset ? "" : renderer.Str(a[0]);
        JinjaValue[]? path = a[1].Kind is JinjaKind.Unset or JinjaKind.None ? null : Attributes.Path(a[1]);
        JinjaValue[] parts = renderer.ToArray(items);
        TextBuffer text = renderer.Budget.Scratch;
        int start = text.Length;
        for (int i = 0; i < parts.Length; i++)
        {
            if (i > 0)
                text.Append(separator);

            PythonText.AppendStr(text, path is null ? parts[i] : Attributes.Follow(parts[i], path), renderer.Budget);
        }

        return text.Take(start);
    }
}
