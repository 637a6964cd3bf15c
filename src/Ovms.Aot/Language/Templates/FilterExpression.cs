using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary><c>x | filter(…)</c>. A filter that does not exist fails when it is used.</summary>
internal sealed class FilterExpression : Expression
{
    private readonly Expression _input;
    private readonly string _name;
    private readonly MethodRow? _filter;
    private readonly ArgumentList _arguments;

    public FilterExpression(int position, Expression input, string name, ArgumentList arguments)
        : base(position)
    {
        _input = input;
        _name = name;
        _filter = FilterTable.Find(name);
        _arguments = arguments;
        Height = Math.Max(Over(input), arguments.Height + 1);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer)
    {
        JinjaValue input = _input.Evaluate(renderer);
        Arguments arguments = _arguments.Evaluate(renderer);
        renderer.Position = Position;
        return _filter?.Run(renderer, input, arguments)
            ?? throw new PythonFault("TemplateRuntimeError", $"No filter named '{_name}' found.");
    }
}

/// <summary><c>x is test(…)</c>. A test that does not exist fails when it is used.</summary>
internal sealed class TestExpression : Expression
{
    private readonly Expression _input;
    private readonly string _name;
    private readonly MethodRow? _test;
    private readonly ArgumentList _arguments;
    private readonly bool _negated;

    /// <param name="negated">Whether it is <c>is not</c>.</param>
    public TestExpression(int position, Expression input, string name, ArgumentList arguments, bool negated)
        : base(position)
    {
        _input = input;
        _name = name;
        _test = TestTable.Find(name);
        _arguments = arguments;
        _negated = negated;
        Height = Math.Max(Over(input), arguments.Height + 1);
    }

    /// <inheritdoc/>
    public override JinjaValue Evaluate(Renderer renderer) => IsTrue(renderer);

    /// <inheritdoc/>
    public override bool IsTrue(Renderer renderer)
    {
        JinjaValue input = _input.Evaluate(renderer);
        Arguments arguments = _arguments.Evaluate(renderer);
        renderer.Position = Position;
        MethodRow test = _test ?? throw new PythonFault("TemplateRuntimeError", $"No test named '{_name}' found.");
        return test.Run(renderer, input, arguments).IsTrue != _negated;
    }
}
