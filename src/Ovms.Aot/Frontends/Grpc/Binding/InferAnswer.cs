using System.Buffers;
using Ovms.Inference;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// The response to a finished inference, before it is written. It measures its length first, which protobuf wants before the bytes.
/// </summary>
/// <param name="home">The pool that it was rented from.</param>
internal abstract class InferAnswer(Recycled<InferAnswer> home) : Recyclable, IDisposable
{
    private ModelCall? _call;

    /// <summary>The call that is answered; its owner disposes it.</summary>
    public ModelCall Call => _call ?? throw new ObjectDisposedException(nameof(InferAnswer));

    /// <summary>Bytes of the whole message.</summary>
    public long Length { get; private set; }

    /// <summary>Assigns a finished call and measures the message; reads no tensor except strings.</summary>
    public void Measure(ModelCall call)
    {
        _call = call;
        Length = MeasureParts(call);
    }

    /// <summary>Writes exactly <see cref="Length"/> bytes, from OpenVINO's memory straight into the connection's buffer.</summary>
    public abstract void Write(IBufferWriter<byte> output);

    /// <summary>Forgets the call and returns this object to its pool.</summary>
    public void Dispose()
    {
        if (TryEndUse(Stamp))
        {
            _call = null;
            Forget();
            home.Return(this);
        }
    }

    /// <summary>Forgets what was measured.</summary>
    protected virtual void Forget()
    {
    }

    /// <summary>Measures the parts of the message; returns the length of the whole.</summary>
    protected abstract long MeasureParts(ModelCall call);

    /// <summary>Ensures that the array has an element for each output; reuses it if it is large enough.</summary>
    protected static void MakeRoom<TPart>(ref TPart[] parts, int count)
    {
        if (parts.Length < count)
        {
            parts = new TPart[count];
        }
    }
}
