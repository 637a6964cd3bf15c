using System.Globalization;
using System.Numerics;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Reads expressions, from the operator that binds least to the one that binds most.</summary>
/// <param name="tokens">All tokens; the last is the end.</param>
internal abstract class ExpressionParser(List<Token> tokens) : OperandParser(tokens)
{
    /// <summary>An expression; with an inline <c>if</c> unless it may not have one.</summary>
    protected override Expression ParseExpression(bool withCondition = true)
    {
        Deeper();
        Expression expression = withCondition ? ParseConditional() : ParseOr();
        Shallower();
        return Bounded(expression);
    }

    private Expression ParseConditional()
    {
        int unknown = Unknown.Count;
        Expression expression = ParseOr();
        while (Current.IsName("if"))
        {
            Unknown.RemoveRange(unknown, Unknown.Count - unknown);
            int position = Take().Position;
            Expression test = ParseOr();
            Expression? otherwise = null;
            if (SkipName("else"))
            {
                Deeper();
                otherwise = ParseConditional();
                Shallower();
            }

            Unknown.RemoveRange(unknown, Unknown.Count - unknown);
            expression = Bounded(new ConditionalExpression(position, test, expression, otherwise));
        }

        return expression;
    }

    private Expression ParseOr() => ParseLogic("or", ParseAnd);

    private Expression ParseAnd() => ParseLogic("and", ParseNot);

    private Expression ParseLogic(string word, Func<Expression> parseOperand)
    {
        Expression first = parseOperand();
        if (!Current.IsName(word))
            return first;

        List<Expression> operands = [first];
        while (SkipName(word))
            operands.Add(parseOperand());

        return new LogicExpression(first.Position, [.. operands], isOr: word == "or");
    }

    private Expression ParseNot()
    {
        if (!Current.IsName("not"))
            return ParseComparison();

        int position = Take().Position;
        Deeper();
        NotExpression expression = new(position, ParseNot());
        Shallower();
        return expression;
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        int position = Current.Position;
        while (true)
        {
            if (Current is { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" })
            {
                string sign = Take().Text;
                rest.Add((sign, ParseSum()));
            }
            else if (SkipName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (Current.IsName("not") && Following.IsName("in"))
            {
                Take();
                Take();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new ComparisonExpression(position, first, [.. rest]);
            }
        }
    }

    private Expression ParseSum()
    {
        Expression left = ParseConcat();
        while (Current.Is("+") || Current.Is("-"))
        {
            int position = Current.Position;
            if (Take().Text == "-")
            {
                left = Bounded(new BinaryExpression(position, "-", left, ParseConcat()));
                continue;
            }

            List<Expression> operands = [left, ParseConcat()];
            while (Skip("+"))
                operands.Add(ParseConcat());

            left = Bounded(new SumExpression(position, [.. operands]));
        }

        return left;
    }

    private Expression ParseConcat()
    {
        Expression first = ParseProduct();
        if (!Current.Is("~"))
            return first;

        List<Expression> operands = [first];
        while (Skip("~"))
            operands.Add(ParseProduct());

        return new ConcatExpression(first.Position, [.. operands]);
    }

    private Expression ParseProduct()
    {
        Expression left = ParsePower();
        while (Current.Is("*") || Current.Is("/") || Current.Is("//") || Current.Is("%"))
        {
            Token sign = Take();
            left = Bounded(new BinaryExpression(sign.Position, sign.Text, left, ParsePower()));
        }

        return left;
    }

    private Expression ParsePower()
    {
        Expression left = ParseUnary(withFilters: true);
        while (Current.Is("**"))
        {
            int position = Take().Position;
            left = Bounded(new BinaryExpression(position, "**", left, ParseUnary(withFilters: true)));
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Expression expression;
        if (Current.Is("-") || Current.Is("+"))
        {
            Token sign = Take();
            Deeper();
            expression = new SignExpression(sign.Position, sign.Text == "-", ParseUnary(withFilters: false));
            Shallower();
        }
        else
        {
            expression = ParsePrimary();
        }

        expression = ParsePostfix(expression);
        return withFilters ? ParseFilters(expression) : expression;
    }

    /// <summary>The number of an int literal.</summary>
    public static JinjaValue Integer(Token token)
    {
        string text = token.Text;
        if (text.Length > PythonNumbers.DigitLimit)
            throw new SyntaxFault($"an int of more than {PythonNumbers.DigitLimit} digits", token.Position);

        NumberStyles style = (text.Length > 2 ? text[1] | 0x20 : 0) switch
        {
            'x' => NumberStyles.AllowHexSpecifier,
            'b' => NumberStyles.AllowBinarySpecifier,
            _ => 0,
        };
        if (style != 0)
            return JinjaValue.Of(BigInteger.Parse("0" + text[2..], style, CultureInfo.InvariantCulture));

        if (text.Length <= 2 || (text[1] | 0x20) != 'o')
            return JinjaValue.Of(BigInteger.Parse(text, CultureInfo.InvariantCulture));

        BigInteger octal = 0;
        foreach (char digit in text.AsSpan(2))
            octal = (octal * 8) + digit - '0';

        return JinjaValue.Of(octal);
    }
}
