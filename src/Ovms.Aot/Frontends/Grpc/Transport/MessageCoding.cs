using System.Collections.Immutable;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;
using Ovms.Status;
using Ovms.Tensors;
using StatusCode = Ovms.Status.StatusCode;

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

    /// <summary>Bytes that are decompressed to find the model's name in an incomplete message.</summary>
    private const int StartBytes = 1 << 10;

    private readonly ImmutableArray<BoundedCompression> _codings =
    [
        new BoundedCompression(new GzipCompressionProvider(CompressionLevel.Fastest), limit, memory),
        new BoundedCompression(new DeflateCompressionProvider(CompressionLevel.Fastest), limit, memory),
    ];

    /// <summary>The providers for the framework, which reads the messages of all other calls.</summary>
    public IEnumerable<ICompressionProvider> Providers => _codings;

    /// <summary>Decompresses a message.</summary>
    /// <param name="http">The request, whose headers name the compression.</param>
    /// <param name="call">Passed to <paramref name="find"/>, which thus needs no closure for each call.</param>
    /// <param name="find">
    /// Returns the most bytes of the message, given its first bytes; null for no limit.
    /// </param>
    /// <param name="packed">The compressed message, counted in the share; disposed here.</param>
    /// <param name="share">Grows with the decompressed message.</param>
    /// <param name="cancellation">Cancelled at the caller's deadline or disconnect.</param>
    /// <returns>The decompressed message, owned by the caller; or an error.</returns>
    /// <exception cref="global::Grpc.Core.RpcException">The data is corrupt or exceeds the limit.</exception>
    public Outcome<NativeBuffer> Unpack<T>(
        HttpContext http,
        T call,
        Func<T, NativeBuffer, long?> find,
        NativeBuffer packed,
        MemoryShare share,
        CancellationToken cancellation)
    {
        using NativeBuffer ended = packed;
        string name = CodingOf(http);
        if (name.Length == 0 || name == Identity)
        {
            return Outcome.Fail(
                StatusCode.MalformedMessage,
                $"The message says that it is compressed, the header grpc-encoding does not say how; Expected: {Names()}");
        }

        if (Find(name) is not { } known)
        {
            http.Response.Headers[AcceptHeader] =
                $"{Identity},{string.Join(',', _codings.Select(static provider => provider.EncodingName))}";
            return Outcome.Fail(StatusCode.RestUnsupportedEncoding, $"grpc-encoding; Expected: {Names()}; Actual: {Shown.Bounded(name)}");
        }

        return Unpack(known, call, find, packed, share, cancellation);
    }

    /// <summary>Decompresses the first bytes of a message that is incomplete.</summary>
    /// <param name="http">The request, whose headers name the compression.</param>
    /// <param name="begin">The compressed bytes so far.</param>
    /// <returns>
    /// At most <see cref="StartBytes"/>, owned by the caller; null if too few bytes have arrived or they cannot be decompressed, which
    /// <see cref="Unpack{T}(HttpContext, T, Func{T, NativeBuffer, long?}, NativeBuffer, MemoryShare, CancellationToken)"/> reports.
    /// </returns>
    public unsafe NativeBuffer? UnpackStart(HttpContext http, NativeBuffer begin)
    {
        if (Find(CodingOf(http)) is not { } coding)
        {
            return null;
        }

        NativeBuffer plain = new(StartBytes);
        bool isRead = false;
        try
        {
            using UnmanagedMemoryStream bytes = new((byte*)begin.Address, begin.Length);
            using Stream stream = coding.Open(bytes);
            plain.Advance(stream.Read(plain.GetSpan(StartBytes)[..StartBytes]));
            isRead = plain.Length > 0;
            return isRead ? plain : null;
        }
        catch (RpcException)
        {
            return null;
        }
        finally
        {
            if (!isRead)
            {
                plain.Dispose();
            }
        }
    }

    private static string CodingOf(HttpContext http) => http.Request.Headers[Header].ToString();

    private BoundedCompression? Find(string name) => _codings.FirstOrDefault(provider => provider.EncodingName == name);

    private unsafe Outcome<NativeBuffer> Unpack<T>(
        BoundedCompression coding,
        T call,
        Func<T, NativeBuffer, long?> find,
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
                    most = Math.Min(limit, find(call, plain) ?? limit);
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
