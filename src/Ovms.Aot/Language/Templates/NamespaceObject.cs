using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>What <c>namespace()</c> gives: the only value that templates can change.</summary>
/// <param name="members">Its attributes; the object takes ownership.</param>
internal sealed class NamespaceObject(JinjaDict members) : JinjaObject
{
    /// <inheritdoc/>
    public override string TypeName => "Namespace";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <inheritdoc/>
    public override bool TryAttribute(string name, out JinjaValue value)
    {
        value = members.Get(name);
        return value.Kind != JinjaKind.Unset;
    }

    /// <summary>Sets an attribute.</summary>
    public void Set(string name, JinjaValue value) => members.Set(name, value);

    /// <inheritdoc/>
    public override string Represent(RenderBudget budget, int depth) =>
        $"<Namespace {PythonText.Repr(JinjaValue.Dict(members), budget, depth + 1)}>";
}
