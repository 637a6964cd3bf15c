namespace Ovms.Language.Templates;

/// <summary>The tokens of a template, and what statements and expressions both need to read them.</summary>
/// <param name="tokens">All tokens; the last is the end.</param>
internal abstract class Parser(List<Token> tokens)
{
    /// <summary>How deep statements, and expressions, may stand within each other.</summary>
    protected const int NestingLimit = 100;

    private int _at;
    private int _nesting;

    /// <summary>The next token.</summary>
    protected Token Current => tokens[_at];

    /// <summary>The token after the next.</summary>
    protected Token Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>All names of the template, to be resolved at the end.</summary>
    protected List<NameExpression> Names { get; } = [];

    /// <summary>Filters and tests that do not exist. They are errors, except within a condition, where they fail when used.</summary>
    protected List<SyntaxFault> Unknown { get; } = [];

    /// <summary>Whether a condition stands around what is being read.</summary>
    protected bool IsConditional { get; set; }

    /// <summary>The part that is being read.</summary>
    protected Scope Scope { get; set; } = new(null);

    /// <summary>Takes the next token.</summary>
    protected Token Take()
    {
        Token token = tokens[_at];
        if (_at < tokens.Count - 1)
            _at++;

        return token;
    }

    /// <summary>Takes the next token if it is this operator.</summary>
    protected bool Skip(string sign)
    {
        if (!Current.Is(sign))
            return false;

        Take();
        return true;
    }

    /// <summary>Takes the next token if it is this name.</summary>
    protected bool SkipName(string name)
    {
        if (!Current.IsName(name))
            return false;

        Take();
        return true;
    }

    /// <summary>Takes an operator; anything else fails.</summary>
    protected void Expect(string sign)
    {
        if (!Skip(sign))
            throw Unexpected($"'{sign}'");
    }

    /// <summary>Takes a token of a kind; anything else fails.</summary>
    protected Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Take() : throw Unexpected(what);

    /// <summary>Takes a name; anything else fails.</summary>
    protected string ExpectName() => Expect(TokenKind.Name, "a name").Text;

    /// <summary>The error for a token that does not belong here.</summary>
    protected SyntaxFault Unexpected(string expected) => new($"expected {expected}, got {Current}", Current.Position);

    /// <summary>One level deeper, up to the limit.</summary>
    protected void Deeper()
    {
        if (++_nesting > NestingLimit)
            throw new SyntaxFault($"more than {NestingLimit} levels of statements or expressions within each other", Current.Position);
    }

    /// <summary>One level up.</summary>
    protected void Shallower() => _nesting--;

    /// <summary>Notes a filter or test that does not exist here.</summary>
    protected void AddUnknown(string kind, string name, int position)
    {
        // Jinja's only filter that is left out: it makes HTML links.
        string text = (kind, name) == ("filter", "urlize") ? "the filter 'urlize' is not supported" : $"No {kind} named '{name}'.";
        if (!IsConditional)
            Unknown.Add(new SyntaxFault(text, position));
    }

    /// <summary>A variable that is read here.</summary>
    protected NameExpression NameOf(string name, int position)
    {
        NameExpression expression = new(position, name, Scope);
        Names.Add(expression);
        return expression;
    }

    /// <summary>Fails if an expression is too high to be computed by recursion.</summary>
    protected static Expression Bounded(Expression expression) => expression.Height <= NestingLimit * 2 ? expression
        : throw new SyntaxFault($"more than {NestingLimit * 2} operations within each other", expression.Position);
}
