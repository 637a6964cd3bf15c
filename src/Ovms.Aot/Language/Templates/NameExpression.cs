using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>A variable: the innermost part that has set it counts, then what the caller of the template gave.</summary>
internal sealed class NameExpression(int position, string name, Scope scope) : Expression(position)
{
    private (int Up, int Slot)[] _places = [];
    private int _free;

    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>Resolves the name when the template is parsed.</summary>
    /// <param name="freeIndex">Gives the index of a free variable.</param>
    /// <returns>The innermost scope that sets it, or null.</returns>
    public Scope? Bind(Func<string, int> freeIndex)
    {
        List<(int, int)> places = [];
        Scope? innermost = null;
        int up = 0;
        for (Scope? at = scope; at is not null; at = at.Parent, up++)
        {
            if (!at.TryFind(name, out int slot))
                continue;

            places.Add((up, slot));
            innermost ??= at;
        }

        _places = [.. places];
        _free = freeIndex(name);
        return innermost;
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        foreach ((int up, int slot) in _places)
        {
            Frame frame = renderer.Frame;
            for (int i = 0; i < up; i++)
                frame = frame.Parent!;

            if (frame.Slots[slot] is { Kind: not JinjaKind.Unset } value)
                return value;
        }

        return renderer.Variable(_free, name);
    }
}
