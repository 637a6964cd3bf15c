using System.Diagnostics;
using Grpc.Core;
using Ovms.Inference;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// One inference call's hold on memory: the request as it was read, then the answer. Disposed when the call ends, whichever way, and
/// harmless to dispose again; not before the handler has ended.
/// </summary>
internal sealed class InferRequest : IDisposable
{
    private Outcome<InferMessage> _message;
    private InferResult? _result;

    private InferRequest(long length, long received, Outcome<InferMessage> message)
    {
        Length = length;
        _message = message;
        if (message.IsOk)
        {
            message.Value.Received = received;
        }
    }

    /// <summary>Bytes of the request, decompressed, and those that it grew by while it was read.</summary>
    public long Length { get; }

    /// <summary>Reads a ModelInferRequest; a failure to do so is kept for the handler, which words it.</summary>
    public static InferRequest Read(DeserializationContext context)
    {
        long received = Stopwatch.GetTimestamp();
        return new InferRequest(context.PayloadLength, received, InferMessageReader.Read(context.PayloadAsReadOnlySequence()));
    }

    /// <summary>Reads a PredictRequest of TensorFlow Serving.</summary>
    public static InferRequest ReadPredict(DeserializationContext context)
    {
        long received = Stopwatch.GetTimestamp();
        Outcome<InferMessage> message = PredictRequestReader.Read(context.PayloadAsReadOnlySequence(), out int made);
        return new InferRequest((long)context.PayloadLength + made, received, message);
    }

    /// <summary>Hands the message over; afterwards whoever took it disposes it.</summary>
    public Outcome<InferMessage> TakeMessage()
    {
        Outcome<InferMessage> message = _message;
        _message = Outcome.Fail(StatusCode.InternalError, "The message was taken already");
        return message;
    }

    /// <summary>Keeps the result until its answer is written.</summary>
    public void Keep(InferResult result) => _result = result;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_message.IsOk)
        {
            TakeMessage().Value!.Dispose();
        }

        _result?.Dispose();
    }
}
