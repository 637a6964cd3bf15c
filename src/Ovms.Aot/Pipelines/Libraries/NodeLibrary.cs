using Ovms.Status;

namespace Ovms.Pipelines.Libraries;

/// <summary>A library of a custom node: a shared object, or a node that is built in.</summary>
/// <param name="name">Its name in the configuration.</param>
internal abstract class NodeLibrary(string name)
{
    /// <summary>Its name in the configuration, for messages.</summary>
    public string Name => name;

    /// <summary>Its calls that have not returned although their callers have gone.</summary>
    public NodeHangs Hangs { get; init; } = new(name);

    /// <summary>Raised when the answer of <see cref="Check"/> may have changed. Handlers must be quick.</summary>
    public virtual event Action? Changed
    {
        add => Hangs.Changed += value;
        remove => Hangs.Changed -= value;
    }

    /// <summary>Why calls are refused now; Ok if they are not.</summary>
    public virtual Outcome Check() => Hangs.Check();

    /// <summary>Makes an instance for one node of a pipeline.</summary>
    /// <param name="parameters">The node's parameters.</param>
    /// <returns>The instance, which the caller releases; or why there is none.</returns>
    public abstract Outcome<NodeInstance> Open(IReadOnlyList<KeyValuePair<string, string>> parameters);
}
