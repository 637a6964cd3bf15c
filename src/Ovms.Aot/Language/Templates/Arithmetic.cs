using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Additions in a row. Texts are joined once at the end, not pair by pair.</summary>
internal sealed class SumExpression : Expression
{
    private readonly Expression[] _operands;

    public SumExpression(int position, Expression[] operands)
        : base(position)
    {
        _operands = operands;
        Height = Over(operands);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue sum = _operands[0].Evaluate(renderer);
        if (_operands.Length == 2 || sum.Kind != JinjaKind.String)
            return Add(sum, 1, renderer);

        TextBuffer text = renderer.Budget.Scratch;
        int start = text.Length;
        text.Append(sum.Text);
        for (int i = 1; i < _operands.Length; i++)
        {
            JinjaValue next = _operands[i].Evaluate(renderer);
            if (next.Kind != JinjaKind.String)
            {
                renderer.Position = Position;
                return Add(Operators.Compute("+", text.Take(start), next, renderer), i + 1, renderer);
            }

            text.Append(next.Text);
        }

        return text.Take(start);
    }

    /// <inheritdoc/>
    public override void Write(Renderer renderer)
    {
        JinjaValue first = _operands[0].Evaluate(renderer);
        if (first.Kind != JinjaKind.String)
        {
            PythonText.AppendStr(renderer.Output, Add(first, 1, renderer), renderer.Budget);
            return;
        }

        // Only texts can be added to a text, so what is printed already stays; a marked text makes all of it marked.
        int start = renderer.Output.Length;
        renderer.Output.Append(first.Text);
        for (int i = 1; i < _operands.Length; i++)
        {
            JinjaValue next = _operands[i].Evaluate(renderer);
            if (next.Kind == JinjaKind.String)
            {
                renderer.Output.Append(next.Text);
                continue;
            }

            renderer.Position = Position;
            JinjaValue sum = Add(Operators.Compute("+", renderer.Output.Take(start), next, renderer), i + 1, renderer);
            PythonText.AppendStr(renderer.Output, sum, renderer.Budget);
            return;
        }
    }

    private JinjaValue Add(JinjaValue sum, int from, Renderer renderer)
    {
        for (int i = from; i < _operands.Length; i++)
        {
            JinjaValue next = _operands[i].Evaluate(renderer);
            renderer.Position = Position;
            sum = Operators.Compute("+", sum, next, renderer);
        }

        return sum;
    }
}

/// <summary>An operation on two values.</summary>
internal sealed class BinaryExpression : Expression
{
    private readonly string _sign;
    private readonly Expression _left;
    private readonly Expression _right;

    /// <param name="sign">One of + - * / // % **.</param>
    public BinaryExpression(int position, string sign, Expression left, Expression right)
        : base(position)
    {
        _sign = sign;
        _left = left;
        _right = right;
        Height = Over(left, right);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue left = _left.Evaluate(renderer);
        JinjaValue right = _right.Evaluate(renderer);
        renderer.Position = Position;
        return Operators.Compute(_sign, left, right, renderer);
    }
}

/// <summary><c>-x</c> or <c>+x</c>.</summary>
internal sealed class SignExpression : Expression
{
    private readonly bool _negative;
    private readonly Expression _operand;

    public SignExpression(int position, bool negative, Expression operand)
        : base(position)
    {
        _negative = negative;
        _operand = operand;
        Height = Over(operand);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue value = _operand.Evaluate(renderer);
        renderer.Position = Position;
        if (!value.IsNumber)
            throw PythonFault.Misused(value, $"bad operand type for unary {(_negative ? '-' : '+')}: '{value.TypeName}'");

        return _negative ? PythonNumbers.Negate(value) : value.Kind == JinjaKind.Bool ? value.Long : value;
    }
}

/// <summary><c>a ~ b ~ …</c>: the values as texts, one after the other.</summary>
internal sealed class ConcatExpression : Expression
{
    private readonly Expression[] _operands;

    public ConcatExpression(int position, Expression[] operands)
        : base(position)
    {
        _operands = operands;
        Height = Over(operands);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        TextBuffer text = renderer.Budget.Scratch;
        int start = text.Length;
        foreach (Expression operand in _operands)
        {
            JinjaValue value = operand.Evaluate(renderer);
            PythonText.AppendStr(text, value, renderer.Budget);
        }

        return text.Take(start);
    }

    /// <inheritdoc/>
    public override void Write(Renderer renderer)
    {
        foreach (Expression operand in _operands)
            operand.Write(renderer);
    }
}
