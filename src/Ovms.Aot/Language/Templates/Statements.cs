using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Text between tags.</summary>
internal sealed class DataStatement(string text) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        renderer.Output.Append(text);
        return Flow.Next;
    }
}

/// <summary>An expression that is printed.</summary>
internal sealed class PrintStatement(Expression value) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        value.Write(renderer);
        return Flow.Next;
    }
}

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class JumpStatement(Flow flow) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer) => flow;
}

/// <summary><c>if</c>, with all its branches.</summary>
/// <param name="branches">The conditions in order, and what each runs.</param>
/// <param name="otherwise">What runs if none is true.</param>
internal sealed class IfStatement((Expression Test, Statement[] Body)[] branches, Statement[] otherwise) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        foreach ((Expression test, Statement[] body) in branches)
        {
            if (test.IsTrue(renderer))
                return RunAll(body, renderer);
        }

        return RunAll(otherwise, renderer);
    }
}

/// <summary><c>set</c> with a value.</summary>
internal sealed class SetStatement(Target target, Expression value) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        target.Assign(renderer, value.Evaluate(renderer));
        return Flow.Next;
    }
}

/// <summary>Statements with variables of their own, whose text goes through filters: <c>set</c> with a block, and <c>filter</c>.</summary>
/// <param name="target">What the text is assigned to; null to print it.</param>
/// <param name="filters">The filters, over the captured text; null for none.</param>
internal sealed class BlockStatement(Target? target, Expression? filters, Scope scope, Statement[] body) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        Frame outer = renderer.Frame;
        renderer.Frame = new Frame(scope, outer);
        int start = renderer.Output.Length;
        Flow flow = RunAll(body, renderer);
        JinjaValue text = renderer.Output.Take(start);
        if (flow != Flow.Next)
        {
            renderer.Frame = outer;
            return flow;
        }

        renderer.Captured = text;
        text = filters?.Evaluate(renderer) ?? text;
        renderer.Frame = outer;
        if (target is not null)
            target.Assign(renderer, text);
        else
            PythonText.AppendStr(renderer.Output, text, renderer.Budget);

        return Flow.Next;
    }
}

/// <summary>Statements with variables of their own: <c>with</c>, <c>generation</c> and <c>block</c>.</summary>
/// <param name="values">What the variables are set to first, computed outside.</param>
internal sealed class ScopeStatement(Scope scope, (Target Target, Expression Value)[] values, Statement[] body) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        Frame outer = renderer.Frame;
        Frame frame = new(scope, outer);
        foreach ((Target target, Expression value) in values)
        {
            JinjaValue computed = value.Evaluate(renderer);
            renderer.Frame = frame;
            target.Assign(renderer, computed);
            renderer.Frame = outer;
        }

        renderer.Frame = frame;
        Flow flow = RunAll(body, renderer);
        renderer.Frame = outer;
        return flow;
    }
}

/// <summary><c>macro</c>: makes the macro when it is reached.</summary>
internal sealed class MacroStatement(Target target, MacroPlan plan) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        target.Assign(renderer, JinjaValue.Of(new Macro(plan, renderer.Frame)));
        return Flow.Next;
    }
}

/// <summary><c>call</c>: calls a macro that may call the body.</summary>
internal sealed class CallStatement(CallExpression call, MacroPlan plan) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        JinjaValue text = call.Evaluate(renderer, JinjaValue.Of(new Macro(plan, renderer.Frame)));
        PythonText.AppendStr(renderer.Output, text, renderer.Budget);
        return Flow.Next;
    }
}

/// <summary>A statement that needs other template files, which chat templates do not have. As in Jinja, it fails when it runs.</summary>
internal sealed class LoaderStatement(string name, int position) : Statement
{
    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        renderer.Position = position;
        throw PythonFault.Type($"no loader for this environment specified, which '{name}' needs");
    }
}
