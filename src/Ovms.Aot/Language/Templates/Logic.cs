using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary><c>and</c> or <c>or</c> between two or more operands: the value of the operand that decides.</summary>
internal sealed class LogicExpression : Expression
{
    private readonly Expression[] _operands;
    private readonly bool _stopsAt;

    /// <param name="isOr">Whether it is <c>or</c>.</param>
    public LogicExpression(int position, Expression[] operands, bool isOr)
        : base(position)
    {
        _operands = operands;
        _stopsAt = isOr;
        Height = Over(operands);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        for (int i = 0; i < _operands.Length - 1; i++)
        {
            JinjaValue value = _operands[i].Evaluate(renderer);
            if (value.IsTrue == _stopsAt)
                return value;
        }

        return _operands[^1].Evaluate(renderer);
    }

    /// <inheritdoc/>
    public override bool IsTrue(Renderer renderer)
    {
        foreach (Expression operand in _operands)
        {
            if (operand.IsTrue(renderer) == _stopsAt)
                return _stopsAt;
        }

        return !_stopsAt;
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotExpression : Expression
{
    private readonly Expression _operand;

    public NotExpression(int position, Expression operand)
        : base(position)
    {
        _operand = operand;
        Height = Over(operand);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer) => !_operand.IsTrue(renderer);

    /// <inheritdoc/>
    public override bool IsTrue(Renderer renderer) => !_operand.IsTrue(renderer);
}

/// <summary><c>a if test else b</c>; without <c>else</c> the value may be undefined.</summary>
internal sealed class ConditionalExpression : Expression
{
    private readonly Expression _test;
    private readonly Expression _then;
    private readonly Expression? _otherwise;

    public ConditionalExpression(int position, Expression test, Expression then, Expression? otherwise)
        : base(position)
    {
        _test = test;
        _then = then;
        _otherwise = otherwise;
        Height = Over(test, then, otherwise);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        if (_test.IsTrue(renderer))
            return _then.Evaluate(renderer);

        return _otherwise?.Evaluate(renderer)
            ?? UndefinedOrigin.Because("the inline if-expression evaluated to false and no else section was defined.");
    }

    /// <inheritdoc/>
    public override void Write(Renderer renderer)
    {
        if (_test.IsTrue(renderer))
            _then.Write(renderer);
        else
            _otherwise?.Write(renderer);
    }
}

/// <summary>A chain of comparisons: each operand is computed once, and the first false one ends it.</summary>
internal sealed class ComparisonExpression : Expression
{
    private readonly Expression _first;
    private readonly (string Sign, Expression Operand)[] _rest;

    public ComparisonExpression(int position, Expression first, (string Sign, Expression Operand)[] rest)
        : base(position)
    {
        _first = first;
        _rest = rest;
        Height = first.Height + 1;
        foreach ((_, Expression operand) in rest)
            Height = Math.Max(Height, Over(operand));
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer) => IsTrue(renderer);

    /// <inheritdoc/>
    public override bool IsTrue(Renderer renderer)
    {
        JinjaValue left = _first.Evaluate(renderer);
        foreach ((string sign, Expression operand) in _rest)
        {
            JinjaValue right = operand.Evaluate(renderer);
            renderer.Position = Position;
            if (!Operators.Compare(sign, left, right, renderer))
                return false;

            left = right;
        }

        return true;
    }
}
