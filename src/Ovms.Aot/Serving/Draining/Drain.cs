namespace Ovms.Serving.Draining;

/// <summary>The end of serving: nothing new is accepted, and a stop waits for calls in flight.</summary>
/// <remarks>
/// Calls that compute hold leases, and the end of a servable waits for its leases. <see cref="Answers"/> counts what remains of a call
/// after its lease.
/// </remarks>
internal sealed class Drain
{
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _cutOff = new();

    /// <summary>Whether the server only finishes what is in flight and accepts nothing new.</summary>
    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>Cancelled when the server begins to drain.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Cancelled when the server stops waiting for calls in flight, so that streams can end with an event that says so.</summary>
    public CancellationToken CutOff => _cutOff.Token;

    /// <summary>Answers that callers are still reading.</summary>
    public AnswersUnderway Answers { get; } = new();

    /// <summary>Begins to drain: from now on nothing new is accepted.</summary>
    internal void StartDraining() => _draining.Cancel();

    /// <summary>Stops waiting for calls in flight.</summary>
    internal void StopWaiting() => _cutOff.Cancel();
}
