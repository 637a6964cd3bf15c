using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>A message's bytes in unmanaged memory, as they are after they arrived.</summary>
internal static class Payload
{
    private static readonly Recycled<NativeBuffer> s_shells = NativeBuffer.Shells();

    /// <summary>The reader owns the result.</summary>
    public static NativeBuffer Of(byte[] message)
    {
        NativeBuffer payload = NativeBuffer.EndingAligned(s_shells, message.Length, message.Length);
        message.CopyTo(payload.GetSpan(message.Length));
        payload.Advance(message.Length);
        return payload;
    }
}
