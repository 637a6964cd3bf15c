using System.Buffers;
using Grpc.Core;
using Ovms.Inference;

namespace Ovms.Frontends.Grpc;

/// <summary>A finished inference about to be written in an API's form; its length is known, which protobuf wants before the bytes.</summary>
/// <param name="result">What is answered.</param>
/// <param name="owner">The call, which owns the result.</param>
internal abstract class InferAnswer(InferResult result, IDisposable owner) : IDisposable
{
    /// <summary>What is answered.</summary>
    public InferResult Result => result;

    /// <summary>Bytes of the whole message.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Writes the answer and gives its infer request back at once: a caller who reads slowly reads from the connection's buffer.
    /// </summary>
    public static void Write(InferAnswer answer, SerializationContext context)
    {
        using InferAnswer owned = answer;
        context.SetPayloadLength((int)answer.Length);
        answer.Write(context.GetBufferWriter());
        context.Complete();
    }

    /// <summary>Writes exactly <see cref="Length"/> bytes, from the engine's memory straight into the connection's buffer.</summary>
    public abstract void Write(IBufferWriter<byte> output);

    /// <summary>Ends the call's hold on memory.</summary>
    public void Dispose() => owner.Dispose();
}
