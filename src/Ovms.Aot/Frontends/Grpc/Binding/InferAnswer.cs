using System.Buffers;
using Ovms.Inference;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// A finished inference about to be written in an API's form; its length is known, which protobuf wants before the bytes. Each thread
/// keeps one of each form for its next call: it is measured, written and disposed without a wait in between.
/// </summary>
internal abstract class InferAnswer : IDisposable
{
    private InferResult? _result;

    /// <summary>What is answered; stays the caller's.</summary>
    public InferResult Result => _result ?? throw new ObjectDisposedException(nameof(InferAnswer));

    /// <summary>Bytes of the whole message.</summary>
    public long Length { get; private set; }

    /// <summary>Becomes the answer of a result; touches no tensor but strings.</summary>
    public InferAnswer Measure(InferResult result)
    {
        _result = result;
        Length = MeasureParts(result);
        return this;
    }

    /// <summary>Writes exactly <see cref="Length"/> bytes, from the engine's memory straight into the connection's buffer.</summary>
    public abstract void Write(IBufferWriter<byte> output);

    /// <summary>Lets go of the result.</summary>
    public void Dispose() => _result = null;

    /// <summary>Finds the lengths of the message's parts, and of the whole.</summary>
    protected abstract long MeasureParts(InferResult result);

    /// <summary>Room for a length of each output: what there was, unless it is too small.</summary>
    protected static void MakeRoom<TPart>(ref TPart[] parts, int count)
    {
        if (parts.Length < count)
        {
            parts = new TPart[count];
        }
    }
}
