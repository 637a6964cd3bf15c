using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// A running composition that takes one request after the other and answers as it likes: a graph in a stream. Its state lives as long as
/// the stream. Requests are added one at a time.
/// </summary>
internal abstract class RequestStream : IDisposable
{
    /// <summary>Starts it. Called once, first.</summary>
    /// <param name="first">The first request, of which only the parameters are used; borrowed.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>Ok; or why it cannot run.</returns>
    public abstract ValueTask<Outcome> StartAsync(InferMessage first, CancellationToken cancellation);

    /// <summary>Adds a request. Waits while too much waits inside.</summary>
    /// <param name="message">The request; owned by the stream from here on.</param>
    /// <param name="memory">Counts the request's memory; disposed after it.</param>
    /// <param name="wantsEnd">Whether a response without outputs says that the last one has been sent.</param>
    /// <returns>
    /// What is wrong with the request, of which nothing was used; else Ok, also where the stream ends with a failure: see
    /// <see cref="Ended"/>.
    /// </returns>
    public abstract ValueTask<Outcome> AddAsync(InferMessage message, IDisposable memory, bool wantsEnd);

    /// <summary>No request comes any more: computes and answers what is left.</summary>
    public abstract void Close();

    /// <summary>
    /// Completes when everything has ended: after <see cref="Close"/>, or at once with a failure. Only after a start that was tried.
    /// </summary>
    /// <returns>Ok; or the first failure.</returns>
    public abstract Task<Outcome> Ended { get; }

    /// <summary>Frees what it holds. Called once, when no other call is under way.</summary>
    public abstract void Dispose();
}
