using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>What a value is assigned to.</summary>
internal abstract class Target
{
    /// <summary>Assigns.</summary>
    public abstract void Assign(Renderer renderer, JinjaValue value);
}

/// <summary>A variable of the part that runs.</summary>
internal sealed class SlotTarget(int slot) : Target
{
    /// <inheritdoc/>
    public override void Assign(Renderer renderer, JinjaValue value) => renderer.Frame.Slots[slot] = value;
}

/// <summary>An attribute of a namespace.</summary>
internal sealed class AttributeTarget(NameExpression owner, string name) : Target
{
    /// <inheritdoc/>
    public override void Assign(Renderer renderer, JinjaValue value)
    {
        JinjaValue given = owner.Evaluate(renderer);
        renderer.Position = owner.Position;
        if (given.Kind != JinjaKind.Object || given.Object is not NamespaceObject members)
            throw new PythonFault("TemplateRuntimeError", "cannot assign attribute on non-namespace object");

        members.Set(name, value);
    }
}

/// <summary>Several targets, each for one element.</summary>
internal sealed class TupleTarget(Target[] targets) : Target
{
    /// <inheritdoc/>
    public override void Assign(Renderer renderer, JinjaValue value)
    {
        if (Iteration.Of(value, renderer.Budget) is null)
            throw PythonFault.Type($"cannot unpack non-iterable {value.TypeName} object");

        if (value.Kind is JinjaKind.List or JinjaKind.Tuple && value.Items.Count == targets.Length)
        {
            for (int i = 0; i < targets.Length; i++)
                targets[i].Assign(renderer, value.Items[i]);

            return;
        }

        JinjaValue[] items = renderer.ToArray(value);
        if (items.Length != targets.Length)
        {
            throw PythonFault.Value(items.Length > targets.Length ? $"too many values to unpack (expected {targets.Length})"
                : $"not enough values to unpack (expected {targets.Length}, got {items.Length})");
        }

        for (int i = 0; i < targets.Length; i++)
            targets[i].Assign(renderer, items[i]);
    }
}
