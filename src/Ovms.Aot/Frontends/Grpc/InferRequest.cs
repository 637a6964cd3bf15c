using System.Diagnostics;
using Grpc.Core;
using Ovms.Inference;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// One ModelInfer call's hold on memory: the request as it was read, then the answer. Disposed when the call ends, whichever way, and
/// harmless to dispose again; not before the handler has ended.
/// </summary>
internal sealed class InferRequest : IDisposable
{
    private Outcome<InferMessage> _message;
    private InferResult? _result;

    private InferRequest(int length, Outcome<InferMessage> message)
    {
        Length = length;
        _message = message;
    }

    /// <summary>Bytes of the request, decompressed.</summary>
    public int Length { get; }

    /// <summary>Reads a request; a failure to do so is kept for the handler, which words it.</summary>
    public static InferRequest Read(DeserializationContext context)
    {
        long received = Stopwatch.GetTimestamp();
        Outcome<InferMessage> message = InferMessageReader.Read(context.PayloadAsReadOnlySequence());
        if (message.IsOk)
        {
            message.Value.Received = received;
        }

        return new InferRequest(context.PayloadLength, message);
    }

    /// <summary>Hands the message over; afterwards whoever took it disposes it.</summary>
    public Outcome<InferMessage> TakeMessage()
    {
        Outcome<InferMessage> message = _message;
        _message = Outcome.Fail(StatusCode.InternalError, "The message was taken already");
        return message;
    }

    /// <summary>Keeps the answer until it is written.</summary>
    public InferResponse Answer(InferResult result)
    {
        _result = result;
        return new InferResponse(result, this);
    }

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
