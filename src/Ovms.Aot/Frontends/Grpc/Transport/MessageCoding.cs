using System.Collections.Immutable;
using System.IO.Compression;
using Grpc.Net.Compression;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>The compressions that messages may have (grpc-encoding), each limited in what it may decompress to.</summary>
/// <param name="limit">The most bytes of any message.</param>
/// <param name="memory">The account for what the framework decompresses.</param>
internal sealed class MessageCoding(int limit, RequestMemory memory)
{
    private const string Header = "grpc-encoding";
    private const string AcceptHeader = "grpc-accept-encoding";
    private const string Identity = "identity";
    private const int Step = 64 << 10;

    private readonly ImmutableArray<BoundedCompression> _codings =
    [
        new BoundedCompression(new GzipCompressionProvider(CompressionLevel.Fastest), limit, memory),
        new BoundedCompression(new DeflateCompressionProvider(CompressionLevel.Fastest), limit, memory),
    ];

    /// <summary>The providers for the framework, which reads the messages of all other calls.</summary>
    public IEnumerable<ICompressionProvider> Providers => _codings;

    /// <summary>Decompresses a message.</summary>
    /// <param name="call">The call, whose headers name the compression.</param>
    /// <param name="state">Passed to <paramref name="bound"/>, which thus needs no closure for each call.</param>
    /// <param name="bound">
    /// Returns the most bytes of the message, given its first bytes; null for no limit; or that the named model is not served.
    /// </param>
    /// <param name="packed">The compressed message, counted in the share; disposed here.</param>
    /// <param name="share">Grows with the decompressed message.</param>
    /// <param name="cancellation">Cancelled at the caller's deadline or disconnect.</param>
    /// <returns>The decompressed message, owned by the caller; or an error.</returns>
    /// <exception cref="global::Grpc.Core.RpcException">The data is corrupt or exceeds the limit.</exception>
    public Outcome<NativeBuffer> Unpack<T>(
        HttpContext call,
        T state,
        Func<T, NativeBuffer, Outcome<long?>> bound,
        NativeBuffer packed,
        MemoryShare share,
        CancellationToken cancellation)
    {
        using NativeBuffer ended = packed;
        string name = call.Request.Headers[Header].ToString();
        if (name.Length == 0 || name == Identity)
        {
            return Outcome.Fail(
                StatusCode.MalformedMessage,
                $"The message says that it is compressed, the header grpc-encoding does not say how; Expected: {Names()}");
        }

        if (_codings.FirstOrDefault(provider => provider.EncodingName == name) is not { } known)
        {
            call.Response.Headers[AcceptHeader] =
                $"{Identity},{string.Join(',', _codings.Select(static provider => provider.EncodingName))}";
            return Outcome.Fail(StatusCode.RestUnsupportedEncoding, $"grpc-encoding; Expected: {Names()}; Actual: {Shown.Bounded(name)}");
        }

        return Unpack(known, state, bound, packed, share, cancellation);
    }

    private unsafe Outcome<NativeBuffer> Unpack<T>(
        BoundedCompression coding,
        T state,
        Func<T, NativeBuffer, Outcome<long?>> bound,
        NativeBuffer packed,
        MemoryShare share,
        CancellationToken cancellation)
    {
        using UnmanagedMemoryStream bytes = new((byte*)packed.Address, packed.Length);
        using Stream stream = coding.Open(bytes);
        NativeBuffer plain = new(0, share);
        long most = limit;
        bool isBound = false;
        bool isWhole = false;
        try
        {
            while (stream.Read(plain.GetSpan(Step)) is var read and > 0)
            {
                plain.Advance(read);
                if (!isBound && plain.Length >= Step)
                {
                    isBound = true;
                    Outcome<long?> found = bound(state, plain);
                    if (!found.IsOk)
                    {
                        return found.WithoutValue;
                    }

                    most = Math.Min(limit, found.Value ?? limit);
                }

                if (plain.Length > most)
                {
                    return Outcome.Fail(
                        StatusCode.MessageTooLarge,
                        $"The compressed message has more than {most} bytes when decompressed; "
                        + (most < limit ? "no request to this model is as long" : "no more may be received"));
                }

                cancellation.ThrowIfCancellationRequested();
            }

            isWhole = true;
            share.Release(packed.Length);
            return plain;
        }
        finally
        {
            if (!isWhole)
            {
                plain.Dispose();
            }
        }
    }

    private string Names() => string.Join(" or ", _codings.Select(static provider => provider.EncodingName));
}
