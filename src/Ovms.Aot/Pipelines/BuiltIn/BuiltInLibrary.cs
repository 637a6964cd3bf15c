using Ovms.Pipelines.Libraries;
using Ovms.Status;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>A built-in node as a library.</summary>
/// <param name="name">Its name in the configuration.</param>
/// <param name="make">Makes the node of its parameters; throws <see cref="OvmsException"/> for invalid ones.</param>
internal sealed class BuiltInLibrary(string name, Func<NodeOptions, BuiltInNode> make) : NodeLibrary(name)
{
    /// <inheritdoc/>
    public override Outcome<NodeInstance> Open(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        try
        {
            return new BuiltInInstance(this, make(new NodeOptions(parameters)));
        }
        catch (OvmsException invalid)
        {
            return invalid.Outcome;
        }
    }
}
