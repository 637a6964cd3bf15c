using Ovms.Inference.Messages;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>
/// The parsed JSON of an inference request: the message with the tensors in the JSON, and which tensors follow it as bytes. The reader
/// disposes it until <see cref="Inference.ModelCall"/> takes the message.
/// </summary>
/// <param name="message">An empty message; this object owns it from now on.</param>
internal sealed class InferDocument(InferMessage message) : IDisposable
{
    /// <summary>The request.</summary>
    public InferMessage Message => message;

    /// <summary>Counts memory made for the request; null where it is not counted.</summary>
    public BufferBudget? Budget { get; init; }

    /// <summary>Inputs whose bytes follow the JSON, in that order.</summary>
    public List<BinarySlice> Binary { get; } = [];

    /// <summary>The default for outputs: true if they are sent as bytes after the JSON.</summary>
    public bool BinaryOutputs { get; set; }

    /// <summary>Whether the inputs are rows, as in TensorFlow Serving's instances; the response then has rows, too.</summary>
    public bool IsRowFormat { get; set; }

    /// <summary>
    /// During parsing, the offset that the tokenizer's positions count from: tensors of plain numbers are read without the tokenizer.
    /// </summary>
    public int Origin { get; set; }

    /// <summary>Clears everything, so that the text can be parsed again from its beginning.</summary>
    public void Restart()
    {
        foreach (InputTensor input in Message.Inputs)
        {
            input.Dispose();
        }

        Message.Inputs.Clear();
        Message.Outputs.Clear();
        Message.Parameters.Clear();
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

/// <summary>Which bytes after the JSON belong to an input.</summary>
/// <param name="Input">Index among the message's inputs.</param>
/// <param name="Length">Number of bytes; null if the request does not say.</param>
internal readonly record struct BinarySlice(int Input, long? Length);
