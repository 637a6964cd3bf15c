using System.Collections.Immutable;
using System.IO.Compression;
using Grpc.Net.Compression;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc;

/// <summary>The compressions that messages may come in (grpc-encoding), each bounded by what a message may grow to.</summary>
internal sealed class MessageCoding(int limit, RequestMemory memory)
{
    private const string Header = "grpc-encoding";
    private const string AcceptHeader = "grpc-accept-encoding";
    private const string Identity = "identity";
    private const int Step = 64 << 10;

    /// <summary>For the framework, which reads the messages of all other calls.</summary>
    public ImmutableArray<ICompressionProvider> Providers { get; } =
    [
        new BoundedCompression(new GzipCompressionProvider(CompressionLevel.Fastest), limit, memory),
        new BoundedCompression(new DeflateCompressionProvider(CompressionLevel.Fastest), limit, memory),
    ];

    /// <summary>Takes a message's compression off.</summary>
    /// <param name="call">Whose headers name it.</param>
    /// <param name="packed">Ends here.</param>
    /// <param name="share">Grows by what the message grows to.</param>
    /// <returns>The plain message, owned by the caller; or why there is none.</returns>
    /// <exception cref="global::Grpc.Core.RpcException">It is broken, or grows beyond the limit.</exception>
    public Outcome<NativeBuffer> Unpack(HttpContext call, NativeBuffer packed, MemoryShare share)
    {
        using NativeBuffer ended = packed;
        string name = call.Request.Headers[Header].ToString();
        if (name.Length == 0 || name == Identity)
        {
            return Outcome.Fail(StatusCode.MalformedMessage, $"The message says that it is compressed, the header grpc-encoding does not say how; Expected: {Names()}");
        }

        if (Providers.FirstOrDefault(provider => provider.EncodingName == name) is not { } known)
        {
            call.Response.Headers[AcceptHeader] = $"{Identity},{string.Join(',', Providers.Select(static provider => provider.EncodingName))}";
            return Outcome.Fail(StatusCode.RestUnsupportedEncoding, $"grpc-encoding; Expected: {Names()}; Actual: {Shown.Bounded(name)}");
        }

        return Unpack(known, packed, share);
    }

    private static unsafe Outcome<NativeBuffer> Unpack(ICompressionProvider coding, NativeBuffer packed, MemoryShare share)
    {
        using UnmanagedMemoryStream bytes = new((byte*)packed.Address, packed.Length);
        using Stream stream = coding.CreateDecompressionStream(bytes);
        NativeBuffer plain = new(packed.Length);
        bool isWhole = false;
        try
        {
            while (stream.Read(plain.GetSpan(Step)) is var read and > 0)
            {
                plain.Advance(read);
            }

            Outcome counted = share.GrowTo(MessageBody.HeadLength + packed.Length + (long)plain.Length);
            isWhole = counted.IsOk;
            return isWhole ? plain : counted;
        }
        finally
        {
            if (!isWhole)
            {
                plain.Dispose();
            }
        }
    }

    private string Names() => string.Join(" or ", Providers.Select(static provider => provider.EncodingName));
}
