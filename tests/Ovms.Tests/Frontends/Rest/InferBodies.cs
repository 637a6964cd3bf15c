using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Ovms.Frontends;
using Ovms.Frontends.Rest;
using Ovms.Frontends.Rest.Body;
using Ovms.Frontends.Rest.KServe;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Rest;

/// <summary>Bodies of infer requests, read as the server does but without a socket.</summary>
internal static class InferBodies
{
    public const long Limit = 1 << 20;

    public static Signature Dummy { get; } = Signature(ElementType.F32, PartialShape.Of(1, 10));

    public static Signature Signature(ElementType type, params PartialShape[] inputs) => new(
        [.. inputs.Select((shape, i) => new TensorInfo(i, i == 0 ? "b" : $"b{i}", type, shape, "N..."))],
        [new TensorInfo(0, "a", type, PartialShape.Of(1, 10), "N...")]);

    /// <summary>Reads a body that arrives in pieces of a few bytes.</summary>
    public static async Task<Outcome<InferDocument>> ReadAsync(byte[] body, string? length = null, string? coding = null, Signature? signature = null, bool tellLength = true, int piece = 7, long limit = Limit)
    {
        DefaultHttpContext context = new();
        context.Request.Body = new Trickle(body, piece);
        context.Request.ContentLength = tellLength ? body.Length : null;
        if (length is not null)
        {
            context.Request.Headers[InferRoute.LengthHeader] = length;
        }

        if (coding is not null)
        {
            context.Request.Headers.ContentEncoding = coding;
        }

        return await InferRequestBody.ReadAsync(context.Request, new InferMessage { Origin = CallOrigin.KServeRest }, signature ?? Dummy, new BodyBounds(limit, new MemoryShare(new RequestMemory(0, "")), ArrivalTimes.Unlimited, CancellationToken.None), CancellationToken.None);
    }

    public static byte[] Pack(byte[] plain, Func<Stream, Stream> coder)
    {
        MemoryStream packed = new();
        using (Stream stream = coder(packed))
        {
            stream.Write(plain);
        }

        return packed.ToArray();
    }

    public static byte[] Gzip(byte[] plain) => Pack(plain, static sink => new GZipStream(sink, CompressionLevel.Fastest));

    public static byte[] Zlib(byte[] plain) => Pack(plain, static sink => new ZLibStream(sink, CompressionLevel.Fastest));

    private sealed class Trickle(byte[] body, int piece) : MemoryStream(body)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(piece, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(piece, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));
    }
}
