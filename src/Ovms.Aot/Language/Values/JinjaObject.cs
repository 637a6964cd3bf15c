namespace Ovms.Language.Values;

/// <summary>A value that is neither a number, a text nor a plain container.</summary>
internal abstract class JinjaObject
{
    /// <summary>The name of Python's type.</summary>
    public abstract string TypeName { get; }

    /// <summary>Python's truth.</summary>
    public virtual bool IsTrue => Length != 0;

    /// <summary>Elements, or -1 if <c>len</c> fails.</summary>
    public virtual long Length => -1;

    /// <summary>Whether it can be called.</summary>
    public virtual bool IsCallable => false;

    /// <summary>How it prints.</summary>
    public virtual string Represent(RenderBudget budget, int depth) => $"<{TypeName} object>";

    /// <summary>The elements, or null if it cannot be iterated.</summary>
    public virtual IEnumerator<JinjaValue>? Iterate() => null;

    /// <summary>An attribute (<c>x.name</c>).</summary>
    public virtual bool TryAttribute(string name, out JinjaValue value)
    {
        value = default;
        return false;
    }

    /// <summary>An element (<c>x[key]</c>), or false if there is none.</summary>
    public virtual bool TryElement(JinjaValue key, out JinjaValue value)
    {
        value = default;
        return false;
    }
}
