using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>A number, text, bool or None.</summary>
internal sealed class Constant(int position, JinjaValue value) : Expression(position)
{
    /// <summary>The value.</summary>
    public JinjaValue Value => value;

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer) => value;
}

/// <summary>A text with a character that is given by its Unicode name: it fails only where it is used.</summary>
internal sealed class UnknownText(int position, string named) : Expression(position)
{
    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        renderer.Position = Position;
        throw new PythonFault("SyntaxError", $"names of characters are not supported in texts: write {named} as \\uXXXX");
    }
}

/// <summary>A list or tuple in brackets.</summary>
internal sealed class SequenceExpression : Expression
{
    private readonly Expression[] _items;

    /// <param name="isTuple">Whether it is a tuple.</param>
    public SequenceExpression(int position, Expression[] items, bool isTuple)
        : base(position)
    {
        _items = items;
        IsTuple = isTuple;
        Height = Over(items);
    }

    /// <summary>Whether it is a tuple.</summary>
    public bool IsTuple { get; }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue[] values = new JinjaValue[_items.Length];
        renderer.Budget.Step(values.Length);
        for (int i = 0; i < values.Length; i++)
            values[i] = _items[i].Evaluate(renderer);

        return IsTuple ? JinjaValue.Tuple(values) : JinjaValue.List(values);
    }
}

/// <summary>A dict in braces.</summary>
internal sealed class DictExpression : Expression
{
    private readonly (Expression Key, Expression Value)[] _members;

    public DictExpression(int position, (Expression Key, Expression Value)[] members)
        : base(position)
    {
        _members = members;
        foreach ((Expression key, Expression value) in members)
            Height = Math.Max(Height, Over(key, value));
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaDict dict = new(_members.Length);
        renderer.Budget.Step(_members.Length);
        foreach ((Expression key, Expression value) in _members)
        {
            JinjaValue name = key.Evaluate(renderer);
            JinjaValue member = value.Evaluate(renderer);
            renderer.Position = Position;
            dict.Set(name, member);
        }

        return JinjaValue.Dict(dict);
    }
}

/// <summary>The text of a block, to which its filters are applied.</summary>
internal sealed class CapturedExpression(int position) : Expression(position)
{
    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer) => renderer.Captured;
}
