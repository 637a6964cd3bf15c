using System.Buffers;
using Ovms.Inference;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// A finished inference about to be written in an API's form; its length is known, which protobuf wants before the bytes.
/// </summary>
/// <param name="home">Where it was rented.</param>
internal abstract class InferAnswer(Recycled<InferAnswer> home) : Recyclable, IDisposable
{
    private ModelCall? _call;

    /// <summary>What is answered; stays the caller's.</summary>
    public ModelCall Call => _call ?? throw new ObjectDisposedException(nameof(InferAnswer));

    /// <summary>Bytes of the whole message.</summary>
    public long Length { get; private set; }

    /// <summary>Becomes the answer of a call that has run; touches no tensor but strings.</summary>
    public void Measure(ModelCall call)
    {
        _call = call;
        Length = MeasureParts(call);
    }

    /// <summary>Writes exactly <see cref="Length"/> bytes, from the engine's memory straight into the connection's buffer.</summary>
    public abstract void Write(IBufferWriter<byte> output);

    /// <summary>Lets go of the call; the object is the next one's.</summary>
    public void Dispose()
    {
        if (TryEndUse(Stamp))
        {
            _call = null;
            home.Return(this);
        }
    }

    /// <summary>Finds the lengths of the message's parts, and of the whole.</summary>
    protected abstract long MeasureParts(ModelCall call);

    /// <summary>Room for a length of each output: what there was, unless it is too small.</summary>
    protected static void MakeRoom<TPart>(ref TPart[] parts, int count)
    {
        if (parts.Length < count)
        {
            parts = new TPart[count];
        }
    }
}
