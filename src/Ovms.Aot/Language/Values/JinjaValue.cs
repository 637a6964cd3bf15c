using System.Diagnostics;
using System.Numerics;

namespace Ovms.Language.Values;

/// <summary>
/// A value as Python sees it. Numbers and bools are stored in place; the rest refers to an object. Lists, tuples and dicts never change
/// once an expression has made them, so values may be shared.
/// </summary>
[DebuggerDisplay("{Kind} {_object} {_bits}")]
internal readonly struct JinjaValue
{
    private readonly object? _object;
    private readonly long _bits;

    private JinjaValue(JinjaKind kind, object? reference, long bits = 0)
    {
        Kind = kind;
        _object = reference;
        _bits = bits;
    }

    /// <summary>None.</summary>
    public static JinjaValue None => new(JinjaKind.None, null);

    /// <summary>An empty str.</summary>
    public static JinjaValue Empty => new(JinjaKind.String, "");

    /// <summary>What is held.</summary>
    public JinjaKind Kind { get; }

    /// <summary>Whether it is a str, marked or not.</summary>
    public bool IsText => Kind is JinjaKind.String or JinjaKind.Markup;

    /// <summary>Whether it is an int in Python's sense; a bool is one.</summary>
    public bool IsInteger => Kind is JinjaKind.Bool or JinjaKind.Int or JinjaKind.BigInt;

    /// <summary>Whether it is a number in Python's sense; a bool is one.</summary>
    public bool IsNumber => IsInteger || Kind == JinjaKind.Float;

    /// <summary>Whether it is undefined.</summary>
    public bool IsUndefined => Kind == JinjaKind.Undefined;

    /// <summary>Whether it is None.</summary>
    public bool IsNone => Kind == JinjaKind.None;

    /// <summary>The str of a text.</summary>
    public string Text => (string)_object!;

    /// <summary>The number of an int of 64 bits or a bool.</summary>
    public long Long => _bits;

    /// <summary>The number of any int.</summary>
    public BigInteger Big => Kind == JinjaKind.BigInt ? (BigInteger)_object! : _bits;

    /// <summary>The number of a float.</summary>
    public double Double => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The elements of a list or tuple.</summary>
    public JinjaList Items => (JinjaList)_object!;

    /// <summary>The members of a dict.</summary>
    public JinjaDict Members => (JinjaDict)_object!;

    /// <summary>The object of a value of another kind.</summary>
    public JinjaObject Object => (JinjaObject)_object!;

    /// <summary>What is known of an undefined value.</summary>
    public UndefinedOrigin Origin => (UndefinedOrigin)_object!;

    /// <summary>Python's truth.</summary>
    public bool IsTrue => Kind switch
    {
        JinjaKind.Bool or JinjaKind.Int => _bits != 0,
        JinjaKind.Float => Double != 0,
        JinjaKind.String or JinjaKind.Markup => Text.Length != 0,
        JinjaKind.List or JinjaKind.Tuple => Items.Count != 0,
        JinjaKind.Dict => Members.Count != 0,
        JinjaKind.BigInt => true,
        JinjaKind.Object => Object.IsTrue,
        _ => false,
    };

    /// <summary>The name of Python's type.</summary>
    public string TypeName => Kind switch
    {
        JinjaKind.None => "NoneType",
        JinjaKind.Bool => "bool",
        JinjaKind.Int or JinjaKind.BigInt => "int",
        JinjaKind.Float => "float",
        JinjaKind.String => "str",
        JinjaKind.Markup => "Markup",
        JinjaKind.List => "list",
        JinjaKind.Tuple => "tuple",
        JinjaKind.Dict => "dict",
        JinjaKind.Object => Object.TypeName,
        _ => "Undefined",
    };

    /// <summary>An undefined value.</summary>
    public static JinjaValue Undefined(UndefinedOrigin origin) => new(JinjaKind.Undefined, origin);

    /// <summary>A str that is marked as safe HTML.</summary>
    public static JinjaValue Markup(string text) => new(JinjaKind.Markup, text);

    /// <summary>A str: marked as safe HTML if <paramref name="like"/> is.</summary>
    public static JinjaValue Like(JinjaValue like, string text) =>
        new(like.Kind == JinjaKind.Markup ? JinjaKind.Markup : JinjaKind.String, text);

    /// <summary>A list.</summary>
    public static JinjaValue List(JinjaList items) => new(JinjaKind.List, items);

    /// <summary>A list.</summary>
    public static JinjaValue List(params JinjaValue[] items) => new(JinjaKind.List, new JinjaList(items));

    /// <summary>A tuple.</summary>
    public static JinjaValue Tuple(JinjaList items) => new(JinjaKind.Tuple, items);

    /// <summary>A tuple.</summary>
    public static JinjaValue Tuple(params JinjaValue[] items) => new(JinjaKind.Tuple, new JinjaList(items));

    /// <summary>A dict.</summary>
    public static JinjaValue Dict(JinjaDict members) => new(JinjaKind.Dict, members);

    /// <summary>An object.</summary>
    public static JinjaValue Of(JinjaObject reference) => new(JinjaKind.Object, reference);

    /// <summary>An int of any size.</summary>
    public static JinjaValue Of(BigInteger number) => number >= long.MinValue && number <= long.MaxValue
        ? new(JinjaKind.Int, null, (long)number) : new(JinjaKind.BigInt, number);

    /// <summary>A str.</summary>
    public static implicit operator JinjaValue(string text) => new(JinjaKind.String, text);

    /// <summary>An int.</summary>
    public static implicit operator JinjaValue(long number) => new(JinjaKind.Int, null, number);

    /// <summary>A float.</summary>
    public static implicit operator JinjaValue(double number) => new(JinjaKind.Float, null, BitConverter.DoubleToInt64Bits(number));

    /// <summary>A bool.</summary>
    public static implicit operator JinjaValue(bool truth) => new(JinjaKind.Bool, null, truth ? 1 : 0);

    /// <summary>Whether both are the same object (<c>is</c>). Equal numbers and texts count as the same.</summary>
    public bool IsSame(JinjaValue other) => Kind == other.Kind && _bits == other._bits && (ReferenceEquals(_object, other._object)
        || (IsText && Text == other.Text) || (Kind == JinjaKind.BigInt && Big == other.Big) || Kind == JinjaKind.Undefined);
}
