namespace Ovms.Language.Templates;

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The name, operator, number or text.</param>
/// <param name="Position">Where it starts, in characters of the normalised template.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    /// <summary>Whether it is this operator.</summary>
    public bool Is(string sign) => Kind == TokenKind.Operator && Text == sign;

    /// <summary>Whether it is this name.</summary>
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    /// <summary>For errors.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "end of template",
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.VariableBegin => "begin of print statement",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.Data => "text",
        _ => $"'{Text}'",
    };
}
