using Ovms.Status;

namespace Ovms.Pipelines.Libraries;

/// <summary>A custom node library in a shared object.</summary>
/// <param name="name">Its name in the configuration.</param>
/// <param name="functions">Its functions.</param>
internal sealed class SharedNodeLibrary(string name, NodeFunctions functions) : NodeLibrary(name)
{
    /// <inheritdoc/>
    public override unsafe Outcome<NodeInstance> Open(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        NodeParameters kept = new(parameters);
        void* manager = null;
        int result = functions.Initialize(&manager, kept);
        if (result == 0)
        {
            return new SharedNodeInstance(this, functions, kept, (nint)manager);
        }

        kept.Dispose();
        return Outcome.Fail(StatusCode.NodeLibraryInitializeFailed, $"initialize of the library {Name} returned {result}.");
    }
}
