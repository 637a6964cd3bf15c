namespace Ovms.Language.Templates;

/// <summary>
/// The variables that a part of a template sets: the template, the body of a loop, a macro, a block. Names are resolved when the whole
/// template is parsed, because a part may read what it sets further down.
/// </summary>
/// <param name="parent">The part around it; null for the template.</param>
internal sealed class Scope(Scope? parent)
{
    private readonly Dictionary<string, int> _slots = [];

    /// <summary>The part around it.</summary>
    public Scope? Parent => parent;

    /// <summary>How many variables it sets.</summary>
    public int Count => _slots.Count;

    /// <summary>The variables of a render of the template itself, by name.</summary>
    public IReadOnlyDictionary<string, int> Slots => _slots;

    /// <summary>The slot of a variable that the part sets.</summary>
    public int Declare(string name)
    {
        if (!_slots.TryGetValue(name, out int slot))
            _slots[name] = slot = _slots.Count;

        return slot;
    }

    /// <summary>The slot of a variable, if the part sets it.</summary>
    public bool TryFind(string name, out int slot) => _slots.TryGetValue(name, out slot);
}
