using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>A function, or a method that remembers its value.</summary>
/// <param name="name">Its name.</param>
/// <param name="body">What it does.</param>
internal sealed class Function(string name, Function.Body body) : Callable
{
    /// <summary>What a function does.</summary>
    public delegate JinjaValue Body(Renderer renderer, in Arguments arguments);

    /// <inheritdoc/>
    public override string TypeName => "builtin_function_or_method";

    /// <inheritdoc/>
    public override JinjaValue Call(Renderer renderer, in Arguments arguments) => body(renderer, arguments);

    /// <inheritdoc/>
    public override string Represent(RenderBudget budget, int depth) => $"<function {name}>";
}
