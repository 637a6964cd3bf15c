using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>A generator or iterator: its elements can be taken once, whoever takes them.</summary>
/// <param name="elements">The elements.</param>
/// <param name="typeName">The name of Python's type.</param>
internal sealed class IteratorObject(IEnumerator<JinjaValue> elements, string typeName = "generator") : JinjaObject
{
    /// <inheritdoc/>
    public override string TypeName => typeName;

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <inheritdoc/>
    public override IEnumerator<JinjaValue> Iterate() => elements;

    /// <inheritdoc/>
    public override string Represent(RenderBudget budget, int depth) => $"<{typeName} object>";
}
