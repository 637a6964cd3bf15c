namespace Ovms.Status;

/// <summary>Carries a failed <see cref="Outcome"/> through code that cannot return it: framework callbacks, constructors.</summary>
internal sealed class OvmsException(Outcome outcome, Exception? inner = null) : Exception(outcome.Text, inner)
{
    /// <summary>Creates the exception for a code and its detail.</summary>
    public OvmsException(StatusCode code, string? detail = null, Exception? inner = null)
        : this(Outcome.Fail(code, detail), inner)
    {
    }

    /// <summary>The failure as clients see it.</summary>
    public Outcome Outcome { get; } = outcome;
}
