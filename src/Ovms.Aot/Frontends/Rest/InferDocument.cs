using Ovms.Inference.Messages;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>
/// What the JSON of an infer request says: the message with the tensors that stand in the JSON, and which ones come as bytes after it.
/// Owned by the reader until <see cref="Inference.ModelCall"/> takes the message.
/// </summary>
/// <param name="message">Empty; owned from here on.</param>
internal sealed class InferDocument(InferMessage message) : IDisposable
{
    /// <summary>The request.</summary>
    public InferMessage Message => message;

    /// <summary>Counts what is made of the request; null where nobody does.</summary>
    public BufferBudget? Budget { get; init; }

    /// <summary>Inputs whose bytes follow the JSON, in their order.</summary>
    public List<BinarySlice> Binary { get; } = [];

    /// <summary>Whether outputs that say nothing of their own are answered as bytes after the JSON.</summary>
    public bool BinaryOutputs { get; set; }

    /// <summary>Whether the inputs came row by row, as TensorFlow Serving's instances: so the answer goes.</summary>
    public bool IsRowFormat { get; set; }

    /// <summary>While the JSON is read: where in it the tokenizer's positions count from, since tensors of plain numbers are read past it.</summary>
    public int Origin { get; set; }

    /// <summary>Forgets what was read, so that the text can be read again from its beginning.</summary>
    public void Restart()
    {
        foreach (InputTensor input in Message.Inputs)
        {
            input.Dispose();
        }

        Message.Inputs.Clear();
        Message.Outputs.Clear();
        Message.Id = null;
        Message.SequenceParameters = null;
        Binary.Clear();
        BinaryOutputs = false;
        IsRowFormat = false;
        Origin = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Message.Dispose();
}

/// <summary>One input's share of the bytes after the JSON.</summary>
/// <param name="Input">Index among the message's inputs.</param>
/// <param name="Length">How many bytes; null = the request does not say.</param>
internal readonly record struct BinarySlice(int Input, long? Length);
