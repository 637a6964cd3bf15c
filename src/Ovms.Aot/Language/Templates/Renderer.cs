using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>One rendering of a template: its output, variables, budget, and the place that is being computed.</summary>
/// <param name="budget">What may still be used.</param>
/// <param name="variables">The template's free variables, by their index; unset ones become undefined.</param>
/// <param name="now">What <c>strftime_now</c> prints.</param>
internal sealed class Renderer(RenderBudget budget, JinjaValue[] variables, DateTime now) : IDisposable
{
    /// <summary>What may still be used.</summary>
    public RenderBudget Budget => budget;

    /// <summary>The text so far. Macros and blocks take their part off its end.</summary>
    public TextBuffer Output { get; } = new(budget);

    /// <summary>What <c>strftime_now</c> prints.</summary>
    public DateTime Now => now;

    /// <summary>The variables of the part that runs.</summary>
    public Frame Frame { get; set; } = null!;

    /// <summary>Where in the template the running operation stands, for errors.</summary>
    public int Position { get; set; }

    /// <summary>The text of a block that its filters are applied to.</summary>
    public JinjaValue Captured { get; set; }

    /// <summary>A free variable.</summary>
    public JinjaValue Variable(int index, string name)
    {
        JinjaValue value = variables[index];
        return value.Kind == JinjaKind.Unset ? variables[index] = UndefinedOrigin.Variable(name) : value;
    }

    /// <summary>Runs statements and takes their text.</summary>
    public JinjaValue Capture(Statement[] body)
    {
        int start = Output.Length;
        Statement.RunAll(body, this);
        return Output.Take(start);
    }

    /// <summary>Calls a value.</summary>
    public JinjaValue Call(JinjaValue callee, Arguments arguments)
    {
        if (callee.Kind == JinjaKind.Object && callee.Object is Callable callable)
            return callable.Call(this, arguments);

        throw PythonFault.Misused(callee, $"'{callee.TypeName}' object is not callable");
    }

    /// <summary>Python's <c>str</c>.</summary>
    public string Str(JinjaValue value) => PythonText.Str(value, budget);

    /// <summary>Iterates a value; a type that cannot be iterated fails.</summary>
    public IEnumerator<JinjaValue> Iterate(JinjaValue value) => Iteration.Of(value, budget)
        ?? throw PythonFault.Type($"'{value.TypeName}' object is not iterable");

    /// <summary>All elements of a value.</summary>
    public JinjaValue[] ToArray(JinjaValue value)
    {
        if (value.Kind is JinjaKind.List or JinjaKind.Tuple)
        {
            budget.Step(value.Items.Count);
            return value.Items.Span.ToArray();
        }

        List<JinjaValue> items = [];
        using IEnumerator<JinjaValue> each = Iterate(value);
        while (each.MoveNext())
            items.Add(each.Current);

        return [.. items];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        budget.Dispose();
    }
}
