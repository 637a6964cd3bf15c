using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>A message's bytes as they lie once they came over the wire.</summary>
internal static class Payload
{
    private static readonly Recycled<NativeBuffer> s_shells = NativeBuffer.Shells();

    /// <summary>Whoever reads it owns it.</summary>
    public static NativeBuffer Of(byte[] message)
    {
        NativeBuffer payload = NativeBuffer.EndingAligned(s_shells, message.Length, message.Length);
        message.CopyTo(payload.GetSpan(message.Length));
        payload.Advance(message.Length);
        return payload;
    }
}
