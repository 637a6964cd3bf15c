namespace Ovms.Status;

/// <summary>A failure that has to cross code which cannot return an <see cref="Outcome"/>: callbacks of a framework, constructors.</summary>
internal sealed class OvmsException(Outcome outcome, Exception? inner = null) : Exception(outcome.Text, inner)
{
    /// <summary>Makes the exception for a code and its detail.</summary>
    public OvmsException(StatusCode code, string? detail = null, Exception? inner = null)
        : this(Outcome.Fail(code, detail), inner)
    {
    }

    /// <summary>The failure, as it is answered.</summary>
    public Outcome Outcome { get; } = outcome;
}
