namespace Ovms.Language.Templates;

/// <summary>What a <see cref="Token"/> is.</summary>
internal enum TokenKind : byte
{
    /// <summary>The end of the template.</summary>
    End,

    /// <summary>Text between tags.</summary>
    Data,

    /// <summary>The beginning of an expression that is printed.</summary>
    VariableBegin,

    /// <summary>Its end.</summary>
    VariableEnd,

    /// <summary>The beginning of a statement.</summary>
    BlockBegin,

    /// <summary>Its end.</summary>
    BlockEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A text literal, with its escapes resolved.</summary>
    String,

    /// <summary>A text literal that cannot be made, because it gives a character by its name; the text of the token is that name.</summary>
    NamedCharacter,

    /// <summary>An int literal.</summary>
    Integer,

    /// <summary>A float literal.</summary>
    Float,

    /// <summary>An operator or bracket.</summary>
    Operator,
}
