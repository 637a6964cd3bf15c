using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>A value that can be called.</summary>
internal abstract class Callable : JinjaObject
{
    /// <inheritdoc/>
    public override string TypeName => "function";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <inheritdoc/>
    public override bool IsCallable => true;

    /// <summary>Calls it.</summary>
    public abstract JinjaValue Call(Renderer renderer, in Arguments arguments);
}
