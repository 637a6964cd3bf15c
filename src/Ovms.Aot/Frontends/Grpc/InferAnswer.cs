using System.Buffers;
using Ovms.Inference;

namespace Ovms.Frontends.Grpc;

/// <summary>A finished inference about to be written in an API's form; its length is known, which protobuf wants before the bytes.</summary>
/// <param name="result">What is answered; stays the caller's.</param>
internal abstract class InferAnswer(InferResult result)
{
    /// <summary>What is answered.</summary>
    public InferResult Result => result;

    /// <summary>Bytes of the whole message.</summary>
    public abstract long Length { get; }

    /// <summary>Writes exactly <see cref="Length"/> bytes, from the engine's memory straight into the connection's buffer.</summary>
    public abstract void Write(IBufferWriter<byte> output);
}
