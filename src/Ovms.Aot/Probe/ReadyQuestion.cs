using System.Net;
using System.Net.Http.Headers;

namespace Ovms.Probe;

/// <summary>The question whether a server is ready, in the words of one of its fronts, and what an answer says.</summary>
internal static class ReadyQuestion
{
    private const string RestPath = "/v2/health/ready";
    private const string GrpcPath = "/grpc.health.v1.Health/Check";
    private const int GrpcPrefix = 5;

    // HealthCheckResponse in protobuf: field 1, SERVING.
    private static readonly byte[] s_serving = [0x08, 0x01];

    /// <summary>The request. The host's name is not looked up: who sends it has the connection.</summary>
    public static HttpRequestMessage ToRequest(bool isGrpc)
    {
        if (!isGrpc)
        {
            return new HttpRequestMessage(HttpMethod.Get, $"http://localhost{RestPath}");
        }

        // A HealthCheckRequest without a service asks for the whole server and has no bytes: the prefix of a message is all.
        ByteArrayContent nothing = new(new byte[GrpcPrefix]);
        nothing.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, $"http://localhost{GrpcPath}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "te", "trailers" } },
            Content = nothing,
        };
    }

    /// <summary>Reads the answer.</summary>
    /// <returns>Null where the server is ready, else what it says instead, to follow "the server at …".</returns>
    public static async Task<string?> ReadAsync(HttpResponseMessage answer, bool isGrpc, CancellationToken cancellation)
    {
        if (!isGrpc)
        {
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.ServiceUnavailable => "is not ready.",
                _ => $"answers {RestPath} with {(int)answer.StatusCode}, where 200 or 503 was expected: is that the REST port of ovms?",
            };
        }

        // Of what is no health service, no more is read than an answer of it can have.
        using Stream body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        byte[] message = new byte[GrpcPrefix + s_serving.Length];
        int length = await body.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (length == message.Length)
        {
            return message.AsSpan(GrpcPrefix).SequenceEqual(s_serving) ? null : "is not ready.";
        }

        string status = Value(answer.Headers) ?? Value(answer.TrailingHeaders) ?? "no status";
        return $"answers {GrpcPath} with HTTP {(int)answer.StatusCode} and gRPC status {status}: is that the gRPC port of ovms?";
    }

    private static string? Value(HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? string.Join(',', values) : null;
}
