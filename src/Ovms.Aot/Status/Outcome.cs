using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ovms.Observability;

namespace Ovms.Status;

/// <summary>How something ended when failing is part of its contract: a code, and the detail that makes it a sentence.</summary>
internal readonly struct Outcome
{
    private Outcome(StatusCode code, string? detail)
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>Success.</summary>
    public static Outcome Ok => default;

    /// <summary>What happened.</summary>
    public StatusCode Code { get; }

    /// <summary>What exactly: the thing's name, what was expected, what came.</summary>
    public string? Detail { get; }

    /// <summary>Whether it went well.</summary>
    public bool IsOk => Code == StatusCode.Ok;

    /// <summary>The text a client sees: the base message, then " - " and the detail.</summary>
    public string Text => Detail is null ? Code.Message() : $"{Code.Message()} - {Detail}";

    /// <summary>A failure. Hidden characters of a caller's text become visible, since people read the detail in logs and answers.</summary>
    public static Outcome Fail(StatusCode code, string? detail = null)
    {
        Debug.Assert(code != StatusCode.Ok, "A failure needs a code that says so.");
        return new Outcome(code, detail is null ? null : VisibleText.Of(detail));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>An <see cref="Outcome"/> that carries what was made when it went well.</summary>
internal readonly struct Outcome<T>
{
    private readonly Outcome _outcome;

    private Outcome(T? value, Outcome outcome)
    {
        Value = value;
        _outcome = outcome;
    }

    /// <summary>What was made; there only when <see cref="IsOk"/>.</summary>
    public T? Value { get; }

    /// <summary>What happened.</summary>
    public StatusCode Code => _outcome.Code;

    /// <summary>What exactly.</summary>
    public string? Detail => _outcome.Detail;

    /// <summary>Whether it went well, so that <see cref="Value"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsOk => _outcome.IsOk;

    /// <summary>The text a client sees.</summary>
    public string Text => _outcome.Text;

    /// <summary>The same without the value, to hand a failure on.</summary>
    public Outcome WithoutValue => _outcome;

    /// <summary>A failure.</summary>
    public static Outcome<T> Fail(StatusCode code, string? detail = null) => new(default, Outcome.Fail(code, detail));

    /// <summary>A success with its value.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, Outcome.Ok);

    /// <summary>A failure handed on; a success without a value cannot be.</summary>
    public static implicit operator Outcome<T>(Outcome failure)
    {
        Debug.Assert(!failure.IsOk, "Only a failure can stand for an outcome without its value.");
        return new Outcome<T>(default, failure);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
