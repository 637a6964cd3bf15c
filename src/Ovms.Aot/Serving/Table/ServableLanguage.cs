using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// A language model as the table holds it: it generates text for the OpenAI front end and takes no inference. Owned by the
/// <see cref="LoadedModel"/>.
/// </summary>
/// <remarks>This class is abstract, so that a servable does not depend on the code that generates.</remarks>
internal abstract class ServableLanguage : ISlotSource
{
    /// <summary>Number of sequences that are generated at the same time.</summary>
    public abstract int Size { get; }

    /// <summary>Number of requests that are generated now.</summary>
    public abstract int InUse { get; }

    /// <summary>Number of requests that wait now.</summary>
    public abstract int Waiting { get; }

    /// <inheritdoc/>
    public int Abandoned => 0;

    /// <inheritdoc/>
    public int CountLate(TimeSpan limit) => 0;

    /// <summary>The answer to an inference call.</summary>
    /// <param name="name">The model's name.</param>
    public Outcome RefuseInference(string name) => Outcome.Fail(
        StatusCode.WrongEndpoint,
        $"{name} generates text: send requests to /v3/chat/completions or /v3/completions over HTTP; to serve its files for inference, "
        + "load them with task none");

    /// <inheritdoc/>
    ValueTask<Outcome<InferSlot>> ISlotSource.RentAsync(SequenceStep step, CancellationToken cancellation) =>
        ValueTask.FromResult<Outcome<InferSlot>>(RefuseInference("The model"));

    /// <inheritdoc/>
    public abstract void Dispose();
}
