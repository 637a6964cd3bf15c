using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ovms.Observability;

namespace Ovms.Status;

/// <summary>Result of an operation that may fail: a status code, and a detail that completes the message.</summary>
internal readonly struct Outcome
{
    private Outcome(StatusCode code, string? detail)
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>Success.</summary>
    public static Outcome Ok => default;

    /// <summary>The status.</summary>
    public StatusCode Code { get; }

    /// <summary>What exactly failed: the name, what was expected, what was found.</summary>
    public string? Detail { get; }

    /// <summary>Whether the operation succeeded.</summary>
    public bool IsOk => Code == StatusCode.Ok;

    /// <summary>The text for clients: the base message, then " - " and the detail.</summary>
    public string Text => Detail is null ? Code.Message() : $"{Code.Message()} - {Detail}";

    /// <summary>A failure. Invisible characters in the detail are escaped, since people read it in logs and responses.</summary>
    public static Outcome Fail(StatusCode code, string? detail = null)
    {
        Debug.Assert(code != StatusCode.Ok, "A failure needs a code that says so.");
        return new Outcome(code, detail is null ? null : VisibleText.Of(detail));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>An <see cref="Outcome"/> with a value on success.</summary>
internal readonly struct Outcome<T>
{
    private readonly Outcome _outcome;

    private Outcome(T? value, Outcome outcome)
    {
        Value = value;
        _outcome = outcome;
    }

    /// <summary>The value; set only when <see cref="IsOk"/>.</summary>
    public T? Value { get; }

    /// <summary>The status.</summary>
    public StatusCode Code => _outcome.Code;

    /// <inheritdoc cref="Outcome.Detail"/>
    public string? Detail => _outcome.Detail;

    /// <summary>Whether the operation succeeded and <see cref="Value"/> is set.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsOk => _outcome.IsOk;

    /// <summary>The text for clients.</summary>
    public string Text => _outcome.Text;

    /// <summary>The same without the value, to return a failure as another type.</summary>
    public Outcome WithoutValue => _outcome;

    /// <summary>A failure.</summary>
    public static Outcome<T> Fail(StatusCode code, string? detail = null) => new(default, Outcome.Fail(code, detail));

    /// <summary>A success with a value.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, Outcome.Ok);

    /// <summary>A failure of another operation; a success cannot be converted.</summary>
    public static implicit operator Outcome<T>(Outcome failure)
    {
        Debug.Assert(!failure.IsOk, "Only a failure can stand for an outcome without its value.");
        return new Outcome<T>(default, failure);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
