using System.Globalization;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Reads operands: names, literals, brackets, and the attributes, calls, filters and tests behind them.</summary>
/// <param name="tokens">All tokens; the last is the end.</param>
internal abstract class OperandParser(List<Token> tokens) : Parser(tokens)
{
    private static readonly string[] s_endsOfTest = ["else", "or", "and"];

    /// <summary>An expression.</summary>
    protected abstract Expression ParseExpression(bool withCondition = true);

    /// <summary>
    /// One expression, or several with commas between them, which make a tuple.
    /// </summary>
    /// <param name="end">A name that ends it.</param>
    /// <param name="inBrackets">Whether there may be none at all.</param>
    protected Expression ParseTuple(bool withCondition = true, string? end = null, bool inBrackets = false)
    {
        int position = Current.Position;
        List<Expression> items = [];
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0)
                Expect(",");

            if (Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || Current.Is(")") || (end is not null && Current.IsName(end)))
                break;

            items.Add(ParseExpression(withCondition));
            if (!Current.Is(","))
                break;

            isTuple = true;
        }

        if (!isTuple && items.Count > 0)
            return items[0];

        return isTuple || inBrackets ? new SequenceExpression(position, [.. items], isTuple: true) : throw Unexpected("an expression");
    }

    /// <summary>A name, literal or bracket.</summary>
    protected Expression ParsePrimary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Take();
                return token.Text switch
                {
                    "true" or "True" => new Constant(token.Position, true),
                    "false" or "False" => new Constant(token.Position, false),
                    "none" or "None" => new Constant(token.Position, JinjaValue.None),
                    _ => NameOf(token.Text, token.Position),
                };
            case TokenKind.String or TokenKind.NamedCharacter:
                string text = "";
                string? named = null;
                while (Current.Kind is TokenKind.String or TokenKind.NamedCharacter)
                {
                    named ??= Current.Kind == TokenKind.NamedCharacter ? Current.Text : null;
                    text += Take().Text;
                }

                return named is null ? new Constant(token.Position, text) : new UnknownText(token.Position, named);
            case TokenKind.Integer:
                return new Constant(token.Position, ExpressionParser.Integer(Take()));
            case TokenKind.Float:
                return new Constant(token.Position, double.Parse(Take().Text, CultureInfo.InvariantCulture));
        }

        if (Skip("("))
        {
            Expression inner = ParseTuple(inBrackets: true);
            Expect(")");
            return inner;
        }

        return token.Is("[") ? ParseList() : token.Is("{") ? ParseDict() : throw Unexpected("an expression");
    }

    /// <summary>Attributes, elements and calls behind an expression.</summary>
    protected Expression ParsePostfix(Expression expression)
    {
        while (true)
        {
            if (Current.Is(".") || Current.Is("["))
                expression = Bounded(ParseSubscript(expression));
            else if (Current.Is("("))
                expression = Bounded(new CallExpression(Current.Position, expression, ParseArguments()));
            else
                return expression;
        }
    }

    /// <summary>Filters and tests behind an expression, and calls of what they give.</summary>
    protected Expression ParseFilters(Expression expression)
    {
        while (true)
        {
            if (Skip("|"))
                expression = Bounded(ParseFilter(expression));
            else if (Current.IsName("is"))
                expression = Bounded(ParseTest(expression));
            else if (Current.Is("("))
                expression = Bounded(new CallExpression(Current.Position, expression, ParseArguments()));
            else
                return expression;
        }
    }

    /// <summary>A filter, from its name on.</summary>
    protected Expression ParseFilter(Expression input)
    {
        int position = Current.Position;
        string name = ParseDottedName();
        if (FilterTable.Find(name) is null)
            AddUnknown("filter", name, position);

        return new FilterExpression(position, input, name, Current.Is("(") ? ParseArguments() : ArgumentList.Empty);
    }

    private string ParseDottedName()
    {
        string name = ExpectName();
        while (Skip("."))
            name += "." + ExpectName();

        return name;
    }

    private Expression ParseTest(Expression input)
    {
        int position = Take().Position;
        bool negated = SkipName("not");
        string name = ParseDottedName();
        if (TestTable.Find(name) is null)
            AddUnknown("test", name, position);

        ArgumentList arguments = ArgumentList.Empty;
        if (Current.Is("("))
        {
            arguments = ParseArguments();
        }
        else if (Current.Kind is TokenKind.Name or TokenKind.String or TokenKind.NamedCharacter or TokenKind.Integer or TokenKind.Float
            || Current.Is("[") || Current.Is("{"))
        {
            if (Current.IsName("is"))
                throw new SyntaxFault("tests cannot follow one another with 'is'", Current.Position);

            if (Current.Kind != TokenKind.Name || !s_endsOfTest.Contains(Current.Text))
                arguments = new ArgumentList([ParsePostfix(ParsePrimary())], []);
        }

        return new TestExpression(position, input, name, arguments, negated);
    }

    private SequenceExpression ParseList()
    {
        int position = Take().Position;
        List<Expression> items = [];
        while (!Current.Is("]"))
        {
            if (items.Count > 0)
                Expect(",");

            if (Current.Is("]"))
                break;

            items.Add(ParseExpression());
        }

        Expect("]");
        return new SequenceExpression(position, [.. items], isTuple: false);
    }

    private DictExpression ParseDict()
    {
        int position = Take().Position;
        List<(Expression, Expression)> members = [];
        while (!Current.Is("}"))
        {
            if (members.Count > 0)
                Expect(",");

            if (Current.Is("}"))
                break;

            Expression key = ParseExpression();
            Expect(":");
            members.Add((key, ParseExpression()));
        }

        Expect("}");
        return new DictExpression(position, [.. members]);
    }

    private Expression ParseSubscript(Expression owner)
    {
        Token sign = Take();
        if (sign.Text == ".")
        {
            Token name = Take();
            return name.Kind switch
            {
                TokenKind.Name => new AttributeExpression(name.Position, owner, name.Text),
                TokenKind.Integer =>
                    new ElementExpression(name.Position, owner, new Constant(name.Position, ExpressionParser.Integer(name))),
                _ => throw new SyntaxFault($"expected a name or number, got {name}", name.Position),
            };
        }

        List<Expression> keys = [];
        while (!Current.Is("]"))
        {
            if (keys.Count > 0)
                Expect(",");

            Expression? start = Current.Is(":") ? null : ParseExpression();
            if (Current.Is(":"))
                return ParseSlice(owner, start, sign.Position, isFirst: keys.Count == 0);

            keys.Add(start!);
        }

        Expect("]");
        Expression key = keys.Count == 1 ? keys[0] : new SequenceExpression(sign.Position, [.. keys], isTuple: true);
        return new ElementExpression(sign.Position, owner, key);
    }

    private SliceExpression ParseSlice(Expression owner, Expression? start, int position, bool isFirst)
    {
        Expect(":");
        Expression? stop = Current.Is(":") || Current.Is("]") ? null : ParseExpression();
        Expression? step = Skip(":") && !Current.Is("]") ? ParseExpression() : null;
        if (!isFirst)
            throw new SyntaxFault("several slices at once are not supported", position);

        Expect("]");
        return new SliceExpression(position, owner, start, stop, step);
    }

    private ArgumentList ParseArguments()
    {
        Expect("(");
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        Expression? spread = null, spreadNamed = null;
        bool more = false;
        while (!Current.Is(")"))
        {
            if (more)
                Expect(",");

            more = true;
            if (Current.Is(")"))
                break;

            int position = Current.Position;
            bool valid = spreadNamed is null;
            if (Skip("*"))
            {
                valid &= spread is null;
                spread = ParseExpression();
            }
            else if (Skip("**"))
            {
                spreadNamed = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Name && Following.Is("="))
            {
                string name = Take().Text;
                Take();
                valid &= !named.Exists(one => one.Item1 == name);
                named.Add((name, ParseExpression()));
            }
            else
            {
                valid &= spread is null && named.Count == 0;
                positional.Add(ParseExpression());
            }

            if (!valid)
                throw new SyntaxFault("invalid order of arguments, or an argument twice", position);
        }

        Expect(")");
        return new ArgumentList([.. positional], [.. named], spread, spreadNamed);
    }
}
