using Ovms.Generation.Steps;
using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>A sequence of a stateful model: the request that holds its state, and the logits of its last step.</summary>
internal sealed class StatefulSequence(InferRequest request) : IDisposable
{
    private (int From, int SampleFrom) _last;

    /// <summary>Its request.</summary>
    public InferRequest Request { get; } = request;

    /// <summary>Tokens in the state; -1 if it is not known after a failure.</summary>
    public int Computed { get; set; } = -1;

    /// <summary>Logits of the last inference.</summary>
    public Tensor? Logits { get; private set; }

    /// <summary>Row of the first wanted token in them.</summary>
    public int FirstRow { get; private set; }

    /// <summary>Whether the entry's step has been computed already: it runs again because another sequence of it failed.</summary>
    public bool HasDone(in StepEntry entry) => Computed == entry.Ids.Length && _last == (entry.From, entry.SampleFrom);

    /// <summary>Takes over the result of an inference.</summary>
    public void Take(Tensor logits, int firstRow)
    {
        Logits?.Dispose();
        Logits = logits;
        FirstRow = firstRow;
    }

    /// <summary>Notes that a step has been computed.</summary>
    public void Finish(in StepEntry entry)
    {
        Computed = entry.Ids.Length;
        _last = (entry.From, entry.SampleFrom);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Logits?.Dispose();
        Request.Dispose();
    }
}
