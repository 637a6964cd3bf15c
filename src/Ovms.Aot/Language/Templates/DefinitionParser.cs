namespace Ovms.Language.Templates;

/// <summary>Reads what statements define: variables that are assigned, and macros.</summary>
/// <param name="tokens">All tokens; the last is the end.</param>
internal abstract class DefinitionParser(List<Token> tokens) : ExpressionParser(tokens)
{
    /// <summary>How many loops of the same macro are around what is being read.</summary>
    protected int LoopDepth { get; set; }

    /// <summary>The rest of a tag and the statements up to the tag that ends it, whose name is taken too.</summary>
    protected abstract Statement[] ReadBodyToEnd(string end);

    /// <summary>A macro, from its name on.</summary>
    protected MacroStatement ReadMacro()
    {
        string name = VariableName(Take());
        SlotTarget target = new(Scope.Declare(name));
        return new MacroStatement(target, ReadMacroPlan(name, "endmacro", static () => true, null));
    }

    /// <summary>A call block, from its parameters on.</summary>
    protected CallStatement ReadCall(int position)
    {
        CallExpression? call = null;
        MacroPlan plan = ReadMacroPlan("caller", "endcall", () => Current.Is("("), () =>
        {
            call = ParseExpression() as CallExpression ?? throw new SyntaxFault("expected a call", position);
        });
        return new CallStatement(call!, plan);
    }

    /// <summary>The parameters and body of a macro or call block.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="end">The tag that ends it.</param>
    /// <param name="hasParameters">Whether parameters come next.</param>
    /// <param name="afterParameters">Reads what stands between the parameters and the body.</param>
    private MacroPlan ReadMacroPlan(string name, string end, Func<bool> hasParameters, Action? afterParameters)
    {
        (Scope outer, bool conditional, int loops) = (Scope, IsConditional, LoopDepth);
        MacroPlan plan = new(name, new Scope(outer));
        int firstName = Names.Count;
        Scope = plan.Scope;
        if (hasParameters())
            ReadParameters(plan);

        Scope = outer;
        afterParameters?.Invoke();
        firstName = afterParameters is null ? firstName : Names.Count;
        Scope = plan.Scope;
        (IsConditional, LoopDepth) = (false, 0);
        plan.Body = ReadBodyToEnd(end);
        (Scope, IsConditional, LoopDepth) = (outer, conditional, loops);
        plan.Caller = SlotIfRead("caller");
        plan.Named = SlotIfRead("kwargs");
        plan.Positional = SlotIfRead("varargs");
        return plan;

        int SlotIfRead(string special)
        {
            bool isParameter = plan.Parameters.Exists(parameter => parameter.Name == special);
            bool isRead = Names.Skip(firstName).Any(one => one.Name == special);
            return isRead && !isParameter ? plan.Scope.Declare(special) : -1;
        }
    }

    private void ReadParameters(MacroPlan plan)
    {
        Expect("(");
        while (!Current.Is(")"))
        {
            if (plan.Parameters.Count > 0)
                Expect(",");

            Token token = Current;
            string name = VariableName(Take());
            Expression? fallback = Skip("=") ? ParseExpression() : null;
            if (fallback is null && plan.Parameters is [.., (_, _, not null)])
                throw new SyntaxFault("non-default argument follows default argument", token.Position);

            if (name == "caller" && fallback is null)
                throw new SyntaxFault("the parameter 'caller' must have a default", token.Position);

            plan.Parameters.Add((name, plan.Scope.Declare(name), fallback));
        }

        Expect(")");
    }

    /// <summary>The name of a variable; anything else fails.</summary>
    private static string VariableName(Token token)
    {
        if (token.Kind != TokenKind.Name)
            throw new SyntaxFault($"expected a name, got {token}", token.Position);

        return token.Text is "true" or "false" or "none" or "True" or "False" or "None"
            ? throw new SyntaxFault($"cannot assign to '{token.Text}'", token.Position) : token.Text;
    }

    /// <summary>
    /// One or more variables with commas between them. The function that is returned makes the targets for the scope that they belong to.
    /// </summary>
    /// <param name="end">A name that ends them.</param>
    /// <param name="withAttributes">Whether attributes of namespaces may be among them.</param>
    protected Func<Scope, Target> ReadTarget(string? end, bool withAttributes)
    {
        List<Func<Scope, Target>> targets = [];
        bool isTuple = false;
        while (true)
        {
            if (targets.Count > 0)
                Expect(",");

            if (Current.Kind == TokenKind.BlockEnd || Current.Is(")") || Current.Is("=") || (end is not null && Current.IsName(end)))
                break;

            targets.Add(ReadOneTarget(withAttributes));
            if (!Current.Is(","))
                break;

            isTuple = true;
        }

        if (targets.Count == 0)
            throw Unexpected("a variable");

        return isTuple ? scope => new TupleTarget([.. targets.Select(target => target(scope))]) : targets[0];
    }

    private Func<Scope, Target> ReadOneTarget(bool withAttributes)
    {
        if (Skip("("))
        {
            Deeper();
            Func<Scope, Target> inner = ReadTarget(null, withAttributes: false);
            Shallower();
            Expect(")");
            return inner;
        }

        int position = Current.Position;
        string name = VariableName(Take());
        if (!withAttributes || !Skip("."))
            return scope => new SlotTarget(scope.Declare(name));

        AttributeTarget attribute = new(NameOf(name, position), ExpectName());
        return _ => attribute;
    }
}
