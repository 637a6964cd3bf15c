using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>A method or attribute that values of one kind have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters; null if it takes any.</param>
/// <param name="Bound">What it does with one value for each parameter.</param>
/// <param name="Raw">What it does with the arguments as they came, if it takes any.</param>
internal sealed record MethodRow(string Name, Signature? Parameters, MethodRow.BoundBody? Bound, MethodRow.RawBody? Raw)
{
    /// <summary>A body for bound arguments; unset ones were not given.</summary>
    public delegate JinjaValue BoundBody(Renderer renderer, JinjaValue self, JinjaValue[] arguments);

    /// <summary>A body for any arguments.</summary>
    public delegate JinjaValue RawBody(Renderer renderer, JinjaValue self, in Arguments arguments);

    public MethodRow(string name, string parameters, BoundBody body)
        : this(name, new Signature(parameters), body, null)
    {
    }

    public MethodRow(string name, RawBody body)
        : this(name, null, null, body)
    {
    }

    /// <summary>Whether templates may not use it, because it changes the value.</summary>
    public bool IsUnsafe { get; init; }

    /// <summary>Whether it is an attribute, not a method.</summary>
    public bool IsValue { get; init; }

    /// <summary>Calls it.</summary>
    public JinjaValue Run(Renderer renderer, JinjaValue self, in Arguments arguments) => Bound is null
        ? Raw!(renderer, self, arguments) : Bound(renderer, self, Parameters!.Bind(Name, arguments));

    /// <summary>The method as a value.</summary>
    public JinjaValue Of(JinjaValue self) =>
        JinjaValue.Of(new Function(Name, (Renderer renderer, in Arguments arguments) => Run(renderer, self, arguments)));
}
