namespace Ovms.Language.Values;

/// <summary>The elements of a list or tuple, in order.</summary>
/// <param name="items">The elements; the list takes ownership.</param>
/// <param name="names">Names by which the elements can also be read; null for all but named tuples.</param>
internal sealed class JinjaList(JinjaValue[] items, string[]? names = null)
{
    /// <summary>How many.</summary>
    public int Count => items.Length;

    /// <summary>The elements.</summary>
    public ReadOnlySpan<JinjaValue> Span => items;

    /// <summary>The names of a named tuple.</summary>
    public string[]? Names => names;

    /// <summary>One element.</summary>
    public JinjaValue this[int index] => items[index];
}
