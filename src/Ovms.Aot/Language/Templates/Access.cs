using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary><c>x.name</c>.</summary>
internal sealed class AttributeExpression : Expression
{
    private readonly MethodRow?[] _methods;

    public AttributeExpression(int position, Expression owner, string name)
        : base(position)
    {
        Owner = owner;
        Name = name;
        Height = Over(owner);
        _methods = MethodTable.Named(name);
    }

    /// <summary>Whose attribute it is.</summary>
    public Expression Owner { get; }

    /// <summary>The attribute.</summary>
    public string Name { get; }

    /// <summary>The method of that name that values of a kind have.</summary>
    public MethodRow? Method(JinjaKind kind) => _methods[(int)kind];

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue owner = Owner.Evaluate(renderer);
        renderer.Position = Position;
        if (owner.Kind == JinjaKind.Dict && _methods[(int)JinjaKind.Dict] is null
            && owner.Members.Get(Name) is { Kind: not JinjaKind.Unset } member)
        {
            return member;
        }

        return Attributes.Get(owner, Name);
    }
}

/// <summary><c>x[key]</c>.</summary>
internal sealed class ElementExpression : Expression
{
    private readonly Expression _owner;
    private readonly Expression _key;

    public ElementExpression(int position, Expression owner, Expression key)
        : base(position)
    {
        _owner = owner;
        _key = key;
        Height = Over(owner, key);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue owner = _owner.Evaluate(renderer);
        JinjaValue key = _key.Evaluate(renderer);
        renderer.Position = Position;
        return Attributes.Element(owner, key);
    }
}

/// <summary><c>x[start:stop:step]</c>.</summary>
internal sealed class SliceExpression : Expression
{
    private readonly Expression _owner;
    private readonly Expression? _start;
    private readonly Expression? _stop;
    private readonly Expression? _step;

    public SliceExpression(int position, Expression owner, Expression? start, Expression? stop, Expression? step)
        : base(position)
    {
        _owner = owner;
        _start = start;
        _stop = stop;
        _step = step;
        Height = Over(owner, start, stop, step);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue owner = _owner.Evaluate(renderer);
        JinjaValue start = _start?.Evaluate(renderer) ?? JinjaValue.None;
        JinjaValue stop = _stop?.Evaluate(renderer) ?? JinjaValue.None;
        JinjaValue step = _step?.Evaluate(renderer) ?? JinjaValue.None;
        renderer.Position = Position;
        return Slicing.Slice(owner, start, stop, step, renderer.Budget);
    }
}
