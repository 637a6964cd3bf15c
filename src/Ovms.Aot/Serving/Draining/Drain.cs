namespace Ovms.Serving.Draining;

/// <summary>
/// The end of serving: nothing new is taken, and a stop waits for what is under way. Calls that compute hold leases, which the end of
/// their servables waits for; <see cref="Answers"/> counts what is left of a call after that.
/// </summary>
internal sealed class Drain
{
    private readonly CancellationTokenSource _draining = new();

    /// <summary>Whether the server finishes what is in flight and takes nothing new.</summary>
    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>Cancelled when the server begins to drain.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Answers that callers are still reading.</summary>
    public AnswersUnderway Answers { get; } = new();

    /// <summary>From now on nothing new is taken.</summary>
    internal void StartDraining() => _draining.Cancel();
}
