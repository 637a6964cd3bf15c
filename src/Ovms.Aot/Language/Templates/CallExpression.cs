using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The arguments of a call, filter or test as they are written.</summary>
internal sealed class ArgumentList
{
    private readonly Expression[] _positional;
    private readonly (string Name, Expression Value)[] _named;
    private readonly Expression? _spread;
    private readonly Expression? _spreadNamed;

    /// <param name="spread">What follows <c>*</c>.</param>
    /// <param name="spreadNamed">What follows <c>**</c>.</param>
    public ArgumentList(
        Expression[] positional, (string Name, Expression Value)[] named, Expression? spread = null, Expression? spreadNamed = null)
    {
        _positional = positional;
        _named = named;
        _spread = spread;
        _spreadNamed = spreadNamed;
        foreach (Expression? part in positional.Concat(named.Select(static one => one.Value)).Append(spread!).Append(spreadNamed!))
            Height = Math.Max(Height, part?.Height ?? 0);
    }

    /// <summary>No arguments.</summary>
    public static ArgumentList Empty { get; } = new([], []);

    /// <summary>The highest of the expressions.</summary>
    public int Height { get; }

    /// <summary>Computes the arguments.</summary>
    /// <param name="caller">An argument of the name <c>caller</c>; unset for none.</param>
    public Arguments Evaluate(Renderer renderer, JinjaValue caller = default)
    {
        JinjaValue[] positional = _positional.Length == 0 ? [] : new JinjaValue[_positional.Length];
        for (int i = 0; i < positional.Length; i++)
            positional[i] = _positional[i].Evaluate(renderer);

        bool plain = _named.Length == 0 && _spread is null && _spreadNamed is null && caller.Kind == JinjaKind.Unset;
        return plain ? new Arguments(positional, []) : Evaluate(renderer, positional, caller);
    }

    private Arguments Evaluate(Renderer renderer, JinjaValue[] positional, JinjaValue caller)
    {
        List<(string Name, JinjaValue Value)> named = [];
        foreach ((string name, Expression value) in _named)
            named.Add((name, value.Evaluate(renderer)));

        if (_spread is not null)
            positional = [.. positional, .. renderer.ToArray(_spread.Evaluate(renderer))];

        if (caller.Kind != JinjaKind.Unset)
            named.Add(("caller", caller));

        if (_spreadNamed?.Evaluate(renderer) is { } more)
        {
            if (more.Kind != JinjaKind.Dict)
                throw PythonFault.Type("argument after ** must be a mapping, not " + more.TypeName);

            for (int i = 0; i < more.Members.Count; i++)
            {
                (JinjaValue key, JinjaValue value) = more.Members.At(i);
                if (!key.IsText)
                    throw PythonFault.Type("keywords must be strings");

                if (named.Exists(one => one.Name == key.Text))
                    throw PythonFault.Type($"got multiple values for keyword argument '{key.Text}'");

                named.Add((key.Text, value));
            }
        }

        return new Arguments(positional, [.. named]);
    }
}

/// <summary>A call.</summary>
internal sealed class CallExpression : Expression
{
    private readonly Expression _callee;
    private readonly AttributeExpression? _attribute;
    private readonly ArgumentList _arguments;

    public CallExpression(int position, Expression callee, ArgumentList arguments)
        : base(position)
    {
        _callee = callee;
        _attribute = callee as AttributeExpression;
        _arguments = arguments;
        Height = Math.Max(Over(callee), arguments.Height + 1);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer) => Evaluate(renderer, default);

    /// <summary>Calls it with an additional argument of the name <c>caller</c>.</summary>
    public JinjaValue Evaluate(Renderer renderer, JinjaValue caller)
    {
        JinjaValue callee;
        if (_attribute is not null)
        {
            // A method is called without making a value of it first.
            JinjaValue owner = _attribute.Owner.Evaluate(renderer);
            if (_attribute.Method(owner.Kind) is { IsUnsafe: false, IsValue: false } method)
            {
                Arguments given = _arguments.Evaluate(renderer, caller);
                renderer.Position = Position;
                return method.Run(renderer, owner, given);
            }

            renderer.Position = Position;
            callee = Attributes.Get(owner, _attribute.Name);
        }
        else
        {
            callee = _callee.Evaluate(renderer);
        }

        Arguments arguments = _arguments.Evaluate(renderer, caller);
        renderer.Position = Position;
        return renderer.Call(callee, arguments);
    }
}
