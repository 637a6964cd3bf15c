namespace Ovms.Language.Values;

/// <summary>
/// What Python would raise. It ends a rendering and becomes an <c>Outcome</c> in <c>Template.Render</c>; nothing else catches it, except
/// filters that Python defines by a caught exception.
/// </summary>
/// <param name="kind">The name of Python's exception, or one of the constants here.</param>
internal sealed class PythonFault(string kind, string message) : Exception(message)
{
    /// <summary>Use of an undefined value.</summary>
    public const string UndefinedError = "UndefinedError";

    /// <summary>Use of a member that templates may not use.</summary>
    public const string SecurityError = "SecurityError";

    /// <summary>The template called <c>raise_exception</c>.</summary>
    public const string Raised = "raised";

    /// <summary>A limit of steps, size or depth was reached.</summary>
    public const string Limit = "limit";

    /// <summary>The name of Python's exception, or one of the constants here.</summary>
    public string Kind { get; } = kind;

    /// <summary>A wrong type.</summary>
    public static PythonFault Type(string message) => new("TypeError", message);

    /// <summary>A wrong value.</summary>
    public static PythonFault Value(string message) => new("ValueError", message);

    /// <summary>A wrong argument of a filter.</summary>
    public static PythonFault Argument(string message) => new("FilterArgumentError", message);

    /// <summary>A limit was reached.</summary>
    public static PythonFault TooMuch(string message) => new(Limit, message);

    /// <summary>A method that the value does not have.</summary>
    public static PythonFault Missing(JinjaValue value, string name) => value.IsUndefined ? value.Origin.Fault()
        : new("AttributeError", $"'{value.TypeName}' object has no attribute '{name}'");

    /// <summary>The value is undefined if that is the reason, else it has the wrong type.</summary>
    public static PythonFault Misused(JinjaValue value, string message) => value.IsUndefined ? value.Origin.Fault() : Type(message);
}
