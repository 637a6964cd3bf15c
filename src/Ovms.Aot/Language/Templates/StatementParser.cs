namespace Ovms.Language.Templates;

/// <summary>Reads the statements of a template.</summary>
/// <param name="tokens">All tokens; the last is the end.</param>
internal sealed class StatementParser(List<Token> tokens) : DefinitionParser(tokens)
{
    private readonly Dictionary<Scope, ForStatement> _loops = [];

    /// <summary>Reads the whole template.</summary>
    /// <param name="free">Receives the names of the variables that the caller of the template may give, by index.</param>
    public (Statement[] Body, Scope Scope) Read(List<string> free)
    {
        Statement[] body = ReadUntil();
        if (Unknown.Count > 0)
            throw Unknown[0];

        Dictionary<string, int> indices = [];
        foreach (NameExpression name in Names)
        {
            Scope? owner = name.Bind(FreeIndex);
            if (name.Name == "loop" && owner is not null && _loops.TryGetValue(owner, out ForStatement? loop))
                loop.UsesLoop = true;
        }

        return (body, Scope);

        int FreeIndex(string name)
        {
            if (!indices.TryGetValue(name, out int index))
            {
                indices[name] = index = free.Count;
                free.Add(name);
            }

            return index;
        }
    }

    // Reads statements until a tag begins with one of the names, which stays the next token; without names, to the end of the template.
    private Statement[] ReadUntil(params ReadOnlySpan<string> ends)
    {
        Deeper();
        List<Statement> body = [];
        while (true)
        {
            Token token = Take();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new DataStatement(token.Text));
                    break;
                case TokenKind.VariableBegin:
                    body.Add(new PrintStatement(ParseTuple()));
                    Expect(TokenKind.VariableEnd, "'}}'");
                    break;
                case TokenKind.BlockBegin when Current.Kind == TokenKind.Name && ends.Contains(Current.Text):
                    Shallower();
                    return [.. body];
                case TokenKind.BlockBegin:
                    body.Add(ReadStatement());
                    Expect(TokenKind.BlockEnd, "'%}'");
                    break;
                default:
                    if (ends.Length > 0)
                        throw new SyntaxFault($"unexpected end of template, expected '{string.Join("' or '", ends)}'", token.Position);

                    Shallower();
                    return [.. body];
            }
        }
    }

    private Statement[] ReadBody(params ReadOnlySpan<string> ends)
    {
        Skip(":");
        Expect(TokenKind.BlockEnd, "'%}'");
        return ReadUntil(ends);
    }

    /// <inheritdoc/>
    protected override Statement[] ReadBodyToEnd(string end)
    {
        Statement[] body = ReadBody(end);
        Take();
        return body;
    }

    private Statement ReadStatement()
    {
        Token tag = Expect(TokenKind.Name, "a statement");
        switch (tag.Text)
        {
            case "if":
                return ReadIf();
            case "for":
                return ReadFor(tag.Position);
            case "set":
                return ReadSet();
            case "macro":
                return ReadMacro();
            case "call":
                return ReadCall(tag.Position);
            case "filter":
                return ReadFilter(tag.Position);
            case "with":
                return ReadWith();
            case "generation":
                return ReadScoped("endgeneration", []);
            case "autoescape": // Nothing is escaped: a prompt is no HTML.
                ParseExpression();
                return ReadScoped("endautoescape", []);
            case "block":
                return ReadBlock();
            case "print":
                return ReadPrint();
            case "break" or "continue" when LoopDepth > 0:
                return new JumpStatement(tag.Text == "break" ? Flow.Break : Flow.Continue);
            case "break" or "continue":
                throw new SyntaxFault($"'{tag.Text}' outside loop", tag.Position);
            case "include" or "import" or "from" or "extends":
                while (Current.Kind is not (TokenKind.BlockEnd or TokenKind.End))
                    Take();
                return new LoaderStatement(tag.Text, tag.Position);
            default:
                throw new SyntaxFault($"unknown tag '{tag.Text}'", tag.Position);
        }
    }

    private IfStatement ReadIf()
    {
        bool outer = IsConditional;
        IsConditional = true;
        List<(Expression, Statement[])> branches = [];
        Statement[] otherwise = [];
        while (true)
        {
            Expression test = ParseTuple(withCondition: false);
            branches.Add((test, ReadBody("elif", "else", "endif")));
            string end = Take().Text;
            if (end == "elif")
                continue;

            if (end == "else")
                otherwise = ReadBodyToEnd("endif");

            IsConditional = outer;
            return new IfStatement([.. branches], otherwise);
        }
    }

    private ForStatement ReadFor(int position)
    {
        bool conditional = IsConditional;
        Func<Scope, Target> target = ReadTarget("in", withAttributes: false);
        if (!SkipName("in"))
            throw Unexpected("'in'");

        Expression iterable = ParseTuple(withCondition: false, end: "recursive");
        Scope outer = Scope, test = new(outer), body = new(outer), otherwise = new(outer);
        Expression? condition = null;
        Target testTarget = target(test);
        if (SkipName("if"))
        {
            Scope = test;
            condition = ParseExpression();
            Scope = outer;
        }

        bool recursive = SkipName("recursive");
        IsConditional = false;
        body.Declare("loop");
        Scope = body;
        Target bodyTarget = target(body);
        LoopDepth++;
        Statement[] statements = ReadBody("endfor", "else");
        LoopDepth--;
        Statement[] others = [];
        if (Take().Text == "else")
        {
            Scope = otherwise;
            others = ReadBodyToEnd("endfor");
        }

        Scope = outer;
        IsConditional = conditional;
        ForStatement loop = new()
        {
            Position = position,
            Iterable = iterable,
            Scope = body,
            Target = bodyTarget,
            TestScope = test,
            TestTarget = testTarget,
            Test = condition,
            Body = statements,
            OtherwiseScope = otherwise,
            Otherwise = others,
            IsRecursive = recursive,
        };
        _loops[body] = loop;
        return loop;
    }

    private Statement ReadSet()
    {
        Func<Scope, Target> target = ReadTarget(null, withAttributes: true);
        if (Skip("="))
            return new SetStatement(target(Scope), ParseTuple());

        Expression? filters = null;
        if (Current.Is("|"))
        {
            filters = new CapturedExpression(Current.Position);
            while (Skip("|"))
                filters = Bounded(ParseFilter(filters));
        }

        Target set = target(Scope);
        (Scope scope, Statement[] body) = ReadInScope("endset");
        return new BlockStatement(set, filters, scope, body);
    }

    private BlockStatement ReadFilter(int position)
    {
        Expression filters = ParseFilter(new CapturedExpression(position));
        while (Skip("|"))
            filters = Bounded(ParseFilter(filters));

        (Scope scope, Statement[] body) = ReadInScope("endfilter");
        return new BlockStatement(null, filters, scope, body);
    }

    private (Scope Scope, Statement[] Body) ReadInScope(string end)
    {
        bool conditional = IsConditional;
        IsConditional = false;
        Scope outer = Scope;
        Scope = new Scope(outer);
        Statement[] body = ReadBodyToEnd(end);
        (Scope inner, Scope) = (Scope, outer);
        IsConditional = conditional;
        return (inner, body);
    }

    private ScopeStatement ReadScoped(string end, (Target, Expression)[] values)
    {
        int loops = LoopDepth;
        LoopDepth = 0;
        (Scope scope, Statement[] body) = ReadInScope(end);
        LoopDepth = loops;
        return new ScopeStatement(scope, values, body);
    }

    private ScopeStatement ReadWith()
    {
        List<(Func<Scope, Target> Target, Expression Value)> values = [];
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0)
                Expect(",");

            Func<Scope, Target> target = ReadTarget(null, withAttributes: false);
            Expect("=");
            values.Add((target, ParseExpression()));
        }

        Scope outer = Scope, inner = new(outer);
        (Target, Expression)[] bound = [.. values.Select(value => (value.Target(inner), value.Value))];
        Scope = inner;
        Statement[] body = ReadBodyToEnd("endwith");
        Scope = outer;
        return new ScopeStatement(inner, bound, body);
    }

    private ScopeStatement ReadBlock()
    {
        string name = ExpectName();
        while (SkipName("scoped") || SkipName("required"))
        {
        }

        ScopeStatement block = ReadScoped("endblock", []);
        SkipName(name);
        return block;
    }

    private BlockStatement ReadPrint()
    {
        List<Statement> body = [];
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (body.Count > 0)
                Expect(",");

            body.Add(new PrintStatement(ParseExpression()));
        }

        return new BlockStatement(null, null, new Scope(Scope), [.. body]);
    }
}
