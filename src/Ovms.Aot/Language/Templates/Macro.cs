using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>What a macro, or the body of a call block, is made of. Filled by the parser.</summary>
internal sealed class MacroPlan(string name, Scope scope)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its variables.</summary>
    public Scope Scope => scope;

    /// <summary>The parameters: name, slot, and default.</summary>
    public List<(string Name, int Slot, Expression? Default)> Parameters { get; } = [];

    /// <summary>The slot of <c>caller</c>, if the body uses it and it is no parameter; else -1.</summary>
    public int Caller { get; set; } = -1;

    /// <summary>The slot of <c>kwargs</c>, if the body uses it; else -1.</summary>
    public int Named { get; set; } = -1;

    /// <summary>The slot of <c>varargs</c>, if the body uses it; else -1.</summary>
    public int Positional { get; set; } = -1;

    /// <summary>What it prints.</summary>
    public Statement[] Body { get; set; } = [];
}

/// <summary>A macro, with the variables around it.</summary>
/// <param name="plan">What it is made of.</param>
/// <param name="around">The variables around it.</param>
internal sealed class Macro(MacroPlan plan, Frame around) : Callable
{
    /// <inheritdoc/>
    public override string TypeName => "Macro";

    /// <inheritdoc/>
    public override string Represent(RenderBudget budget, int depth) => $"<Macro '{plan.Name}'>";

    /// <inheritdoc/>
    public override bool TryAttribute(string name, out JinjaValue value)
    {
        value = name switch
        {
            "name" => plan.Name,
            "arguments" => JinjaValue.Tuple([.. plan.Parameters.Select(static parameter => (JinjaValue)parameter.Name)]),
            "caller" => plan.Caller >= 0,
            "catch_kwargs" => plan.Named >= 0,
            "catch_varargs" => plan.Positional >= 0,
            _ => default(JinjaValue),
        };
        return value.Kind != JinjaKind.Unset;
    }

    /// <inheritdoc/>
    public override JinjaValue Call(Renderer renderer, in Arguments arguments)
    {
        renderer.Budget.Enter();
        Frame outer = renderer.Frame;
        Frame frame = new(plan.Scope, around);
        Bind(frame, arguments);
        renderer.Frame = frame;
        foreach ((string name, int slot, Expression? fallback) in plan.Parameters)
        {
            if (frame.Slots[slot].Kind == JinjaKind.Unset)
                frame.Slots[slot] = fallback?.Evaluate(renderer) ?? UndefinedOrigin.Because($"parameter '{name}' was not provided");
        }

        JinjaValue text = renderer.Capture(plan.Body);
        renderer.Frame = outer;
        renderer.Budget.Leave();
        return text;
    }

    private void Bind(Frame frame, in Arguments arguments)
    {
        int given = Math.Min(arguments.Positional.Length, plan.Parameters.Count);
        for (int i = 0; i < given; i++)
            frame.Slots[plan.Parameters[i].Slot] = arguments.Positional[i];

        JinjaDict rest = new();
        JinjaValue caller = default;
        foreach ((string name, JinjaValue value) in arguments.Named)
        {
            int place = plan.Parameters.FindIndex(given, parameter => parameter.Name == name);
            if (place >= 0)
                frame.Slots[plan.Parameters[place].Slot] = value;
            else if (name == "caller" && plan.Caller >= 0)
                caller = value;
            else
                rest.Set(name, value);
        }

        if (caller.Kind is JinjaKind.Unset or JinjaKind.None)
            caller = UndefinedOrigin.Because("No caller defined");

        if (plan.Caller >= 0)
            frame.Slots[plan.Caller] = caller;

        if (plan.Named >= 0)
            frame.Slots[plan.Named] = JinjaValue.Dict(rest);
        else if (rest.Count > 0)
            throw PythonFault.Type($"macro '{plan.Name}' takes no keyword argument '{rest.At(0).Key.Text}'");

        if (plan.Positional >= 0)
            frame.Slots[plan.Positional] = JinjaValue.Tuple(arguments.Positional[given..]);
        else if (arguments.Positional.Length > plan.Parameters.Count)
            throw PythonFault.Type($"macro '{plan.Name}' takes not more than {plan.Parameters.Count} argument(s)");
    }
}
