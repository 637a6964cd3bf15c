using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>What <c>items()</c>, <c>keys()</c> and <c>values()</c> of a dict give.</summary>
internal sealed class DictView(JinjaDict members, DictView.Part part) : JinjaObject
{
    /// <summary>Which part of the members.</summary>
    public enum Part
    {
        /// <summary>Pairs.</summary>
        Items,

        /// <summary>Keys.</summary>
        Keys,

        /// <summary>Values.</summary>
        Values,
    }

    /// <inheritdoc/>
    public override string TypeName => part switch { Part.Items => "dict_items", Part.Keys => "dict_keys", _ => "dict_values" };

    /// <inheritdoc/>
    public override long Length => members.Count;

    /// <inheritdoc/>
    public override string Represent(RenderBudget budget, int depth)
    {
        JinjaValue[] all = new JinjaValue[members.Count];
        for (int i = 0; i < all.Length; i++)
            all[i] = At(i);

        return $"{TypeName}({PythonText.Repr(JinjaValue.List(all), budget, depth + 1)})";
    }

    /// <inheritdoc/>
    public override IEnumerator<JinjaValue> Iterate()
    {
        for (int i = 0; i < members.Count; i++)
            yield return At(i);
    }

    private JinjaValue At(int place)
    {
        (JinjaValue key, JinjaValue value) = members.At(place);
        return part switch { Part.Items => JinjaValue.Tuple(key, value), Part.Keys => key, _ => value };
    }
}
