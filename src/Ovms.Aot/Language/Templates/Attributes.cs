using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Jinja's <c>x.name</c> and <c>x[key]</c>: each falls back to the other, and what is missing is undefined.</summary>
internal static class Attributes
{
    /// <summary><c>x.name</c>: a method, an attribute or a member.</summary>
    public static JinjaValue Get(JinjaValue owner, string name)
    {
        if (owner.IsUndefined)
            throw owner.Origin.Fault();

        if (TryAttribute(owner, name, out JinjaValue value))
            return value;

        if (owner.Kind == JinjaKind.Dict && owner.Members.Get(name) is { Kind: not JinjaKind.Unset } member)
            return member;

        return UndefinedOrigin.Member(owner, name);
    }

    /// <summary><c>x[key]</c>: an element or a member, else an attribute.</summary>
    public static JinjaValue Element(JinjaValue owner, JinjaValue key)
    {
        switch (owner.Kind)
        {
            case JinjaKind.Undefined:
                throw owner.Origin.Fault();
            case JinjaKind.Dict when key.Kind is not (JinjaKind.List or JinjaKind.Dict) && owner.Members.TryGet(key, out JinjaValue member):
                return member;
            case JinjaKind.List or JinjaKind.Tuple when key.Kind is JinjaKind.Int or JinjaKind.Bool:
                long index = key.Long < 0 ? key.Long + owner.Items.Count : key.Long;
                return index >= 0 && index < owner.Items.Count ? owner.Items[(int)index] : UndefinedOrigin.Member(owner, key);
            case JinjaKind.String or JinjaKind.Markup when key.Kind is JinjaKind.Int or JinjaKind.Bool:
                return Character(owner, key);
            case JinjaKind.Object when owner.Object.TryElement(key, out JinjaValue element):
                return element;
        }

        return key.IsText && TryAttribute(owner, key.Text, out JinjaValue attribute) ? attribute : UndefinedOrigin.Member(owner, key);
    }

    /// <summary>Reads attributes one after the other, as the filters' <c>attribute</c> parameter names them.</summary>
    public static JinjaValue Follow(JinjaValue owner, JinjaValue[] path, JinjaValue fallback = default)
    {
        foreach (JinjaValue part in path)
        {
            owner = Element(owner, part);
            if (owner.IsUndefined && fallback.Kind is not (JinjaKind.Unset or JinjaKind.None))
                owner = fallback;
        }

        return owner;
    }

    /// <summary>The path of an <c>attribute</c> parameter: names and numbers between dots.</summary>
    public static JinjaValue[] Path(JinjaValue attribute)
    {
        if (!attribute.IsText)
            return attribute.Kind is JinjaKind.None or JinjaKind.Unset ? [] : [attribute];

        return [.. attribute.Text.Split('.').Select(static part =>
            part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) ? (JinjaValue)long.Parse(part) : part)];
    }

    private static bool TryAttribute(JinjaValue owner, string name, out JinjaValue value)
    {
        if (MethodTable.Find(owner.Kind, name) is { } method)
        {
            value = method.IsUnsafe ? UndefinedOrigin.Unsafe(owner, name)
                : method.IsValue ? method.Run(null!, owner, Arguments.None) : method.Of(owner);
            return true;
        }

        switch (owner.Kind)
        {
            case JinjaKind.Object when owner.Object.TryAttribute(name, out value):
                return true;
            case JinjaKind.Tuple when owner.Items.Names is { } names && Array.IndexOf(names, name) is >= 0 and int place:
                value = owner.Items[place];
                return true;
        }

        // Python's own attributes exist on every value; a dict may still have a member of that name.
        bool isPythons = name.Length > 4 && name.StartsWith("__") && name.EndsWith("__")
            && (owner.Kind != JinjaKind.Dict || owner.Members.Get(name).Kind == JinjaKind.Unset);
        value = isPythons ? UndefinedOrigin.Unsafe(owner, name) : default;
        return isPythons;
    }

    private static JinjaValue Character(JinjaValue owner, JinjaValue key)
    {
        string text = owner.Text;
        int[]? starts = CodePoints.Starts(text);
        long length = starts is null ? text.Length : starts.Length - 1;
        long index = key.Long < 0 ? key.Long + length : key.Long;
        if (index < 0 || index >= length)
            return UndefinedOrigin.Member(owner, key);

        return JinjaValue.Like(owner, starts is null ? text[(int)index].ToString() : text[starts[index]..starts[index + 1]]);
    }
}
