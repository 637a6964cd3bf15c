namespace Ovms.Language.Values;

/// <summary>What a <see cref="JinjaValue"/> holds. The order has no meaning, except that <see cref="Unset"/> is the default.</summary>
internal enum JinjaKind : byte
{
    /// <summary>No value: a variable that was not assigned yet. Expressions never give it.</summary>
    Unset,

    /// <summary>Jinja's undefined: prints as nothing, is false, and fails in most operations.</summary>
    Undefined,

    /// <summary>Python's None.</summary>
    None,

    /// <summary>A bool.</summary>
    Bool,

    /// <summary>An int of 64 bits.</summary>
    Int,

    /// <summary>An int that does not fit into 64 bits.</summary>
    BigInt,

    /// <summary>A float.</summary>
    Float,

    /// <summary>A str.</summary>
    String,

    /// <summary>A str that is marked as safe HTML; operations escape the other operand.</summary>
    Markup,

    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>A dict.</summary>
    Dict,

    /// <summary>Anything else: functions, namespaces, loops, ranges, iterators.</summary>
    Object,
}
