using System.Net;
using System.Net.Http.Headers;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Calls below the gRPC client: the body may be any bytes.</summary>
internal static class RawHttp2
{
    /// <summary>Sends a body to a call.</summary>
    /// <returns>grpc-status and grpc-message.</returns>
    public static async Task<(string Status, string Message)> PostAsync(string address, string call, byte[] body, string? encoding = null)
    {
        using HttpClient client = new();
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpRequestMessage request = new(HttpMethod.Post, $"{address}/inference.GRPCInferenceService/{call}") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return (Header(response, "grpc-status"), Uri.UnescapeDataString(Header(response, "grpc-message")));
    }

    /// <summary>A message with the five bytes before it, as in a body.</summary>
    public static byte[] Frame(byte[] message, bool isCompressed = false) =>
        [isCompressed ? (byte)1 : (byte)0, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];

    // A response without a message has its status among the headers.
    private static string Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values) || response.Headers.TryGetValues(name, out values) ? values.Single() : "";
}
