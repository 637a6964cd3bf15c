using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>gRPC calls whose body is any bytes.</summary>
internal sealed class RawGrpc(int port) : IDisposable
{
    public const string Inference = "inference.GRPCInferenceService";

    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = OvmsProcess.Patience };

    /// <summary>A message as it lies in a body.</summary>
    public static byte[] Frame(byte[] message, bool isCompressed = false) => [.. Head((uint)message.Length, isCompressed ? (byte)1 : (byte)0), .. message];

    /// <summary>The five bytes before a message.</summary>
    public static byte[] Head(uint length, byte flag = 0)
    {
        byte[] head = new byte[5];
        head[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), length);
        return head;
    }

    /// <summary>Sends a whole body.</summary>
    /// <returns>grpc-status as a number, -1 where there is none, and grpc-message.</returns>
    public async Task<(int Status, string Message)> PostAsync(string call, byte[] body, string? encoding = null, string service = Inference)
    {
        using ByteArrayContent content = new(body);
        using HttpResponseMessage response = await SendAsync(call, content, encoding, service);
        await response.Content.ReadAsByteArrayAsync();
        return (int.TryParse(Header(response, "grpc-status"), out int status) ? status : -1, Uri.UnescapeDataString(Header(response, "grpc-message")));
    }

    /// <summary>Sends a body and gives the answer back with its own body unread.</summary>
    public async Task<HttpResponseMessage> SendAsync(string call, HttpContent content, string? encoding = null, string service = Inference)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpRequestMessage request = new(HttpMethod.Post, $"/{service}/{call}") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>A trailer or, for an answer without a message, a header.</summary>
    public static string Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values) || response.Headers.TryGetValues(name, out values) ? string.Join(',', values) : "";

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>A body of which some bytes come and the rest does not, until it is given up or the server answers.</summary>
    internal sealed class Unfinished(byte[] begin) : HttpContent
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The first bytes are with the connection.</summary>
        public Task Sent => _sent.Task;

        /// <summary>The caller leaves, whatever the server said.</summary>
        public async Task GiveUpAsync(Task<HttpResponseMessage> call)
        {
            _over.TrySetException(new IOException("The rest of the body does not come."));
            try
            {
                (await call).Dispose();
            }
            catch (HttpRequestException)
            {
            }
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(begin);
            await stream.FlushAsync();
            _sent.TrySetResult();
            await _over.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
