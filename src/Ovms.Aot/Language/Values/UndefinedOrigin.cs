namespace Ovms.Language.Values;

/// <summary>Why a value is undefined: the text of the error that its use raises.</summary>
/// <param name="kind">The kind of that error.</param>
internal sealed class UndefinedOrigin(string kind = PythonFault.UndefinedError)
{
    private readonly string? _hint;
    private readonly string? _owner;
    private readonly JinjaValue _name;

    private UndefinedOrigin(string? hint, string? owner, JinjaValue name, string kind = PythonFault.UndefinedError)
        : this(kind)
    {
        _hint = hint;
        _owner = owner;
        _name = name;
    }

    /// <summary>A variable that nobody set.</summary>
    public static JinjaValue Variable(string name) => JinjaValue.Undefined(new UndefinedOrigin(null, null, name));

    /// <summary>A member or element that <paramref name="owner"/> does not have.</summary>
    public static JinjaValue Member(JinjaValue owner, JinjaValue name) =>
        JinjaValue.Undefined(new UndefinedOrigin(null, owner.IsNone ? "None" : owner.TypeName + " object", name));

    /// <summary>A value that is missing for the reason given.</summary>
    public static JinjaValue Because(string hint) => JinjaValue.Undefined(new UndefinedOrigin(hint, null, default));

    /// <summary>A member that templates may not use: those that change lists and dicts, and Python's own.</summary>
    public static JinjaValue Unsafe(JinjaValue owner, string name) => JinjaValue.Undefined(new UndefinedOrigin(
        $"access to attribute '{name}' of '{owner.TypeName}' object is unsafe.", null, name, PythonFault.SecurityError));

    /// <summary>The error of a use of the value.</summary>
    public PythonFault Fault() => new(kind, _hint ?? (_owner, _name.IsText) switch
    {
        (null, _) => $"'{_name.Text}' is undefined",
        (_, true) => $"'{_owner}' has no attribute '{_name.Text}'",
        _ => $"{_owner} has no element {(_name.Kind == JinjaKind.Int ? _name.Long.ToString() : _name.TypeName)}",
    });
}
