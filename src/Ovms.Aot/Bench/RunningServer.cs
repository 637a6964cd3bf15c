using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Bench;

/// <summary>Asks a running server for a model's metadata, over gRPC or REST. It may be any server of KServe's API, version 2.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="model">The model's name there.</param>
internal sealed class RunningServer(ServerAddress address, string model)
{
    private const int GrpcPrefix = 5;
    private const int FrameType = 3;
    private const string BinaryTensors = "binary_tensor_data";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // The connection preface and empty settings of HTTP/2.
    private static readonly byte[] s_hello = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// <summary>Asks.</summary>
    /// <exception cref="IOException">There is no answer, or it is an error; the message says where, why and what to do.</exception>
    public async Task<RunningModel> AskAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_patience);
        ServerFront front = address.Front;
        try
        {
            front = front == ServerFront.Either ? await FindFrontAsync(limit.Token).ConfigureAwait(false) : front;

            // Its own failures are clearer than those of an HTTP client.
            (await address.ConnectAsync(limit.Token).ConfigureAwait(false)).Dispose();
            using SocketsHttpHandler handler = new()
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectCallback = async (_, connecting) =>
                    new NetworkStream(await address.ConnectAsync(connecting).ConfigureAwait(false), ownsSocket: true),
            };
            using HttpClient http = new(handler) { MaxResponseContentBufferSize = 64 << 20 };
            return front == ServerFront.Grpc
                ? await AskGrpcAsync(http, limit.Token).ConfigureAwait(false)
                : await AskRestAsync(http, limit.Token).ConfigureAwait(false);
        }
        catch (Exception late) when (!cancellation.IsCancellationRequested && limit.IsCancellationRequested
            && late is OperationCanceledException or IOException { InnerException: OperationCanceledException })
        {
            throw new IOException(
                $"The server at {address.Text} does not answer within {s_patience.TotalSeconds:0} s. "
                    + "Is the address right, and is it running?");
        }
        catch (Exception failure) when (
            failure is HttpRequestException or HttpIOException or JsonException or InvalidProtocolBufferException
                or InvalidOperationException)
        {
            // The last is thrown for a charset that is unknown and for a string of JSON that is no valid UTF-16.
            (string kind, string other) = front == ServerFront.Grpc
                ? ("gRPC", "A REST port is given as http://HOST:PORT")
                : ("REST", "A gRPC port is given as grpc://HOST:PORT");
            throw new IOException(
                $"What listens at {address.Text} does not answer as a {kind} server of KServe's API: "
                    + $"{VisibleText.Of(failure.Message.TrimEnd('.'))}. {other}.");
        }
    }

    // A gRPC server sends its settings at once; a REST server answers the unknown method with an error, or closes.
    private async Task<ServerFront> FindFrontAsync(CancellationToken cancellation)
    {
        using Socket socket = await address.ConnectAsync(cancellation).ConfigureAwait(false);
        byte[] answer = new byte[9];
        int end = 0;
        try
        {
            await socket.SendAsync(s_hello, cancellation).ConfigureAwait(false);
            for (int read = 1; read > 0 && end <= FrameType; end += read)
            {
                read = await socket.ReceiveAsync(answer.AsMemory(end), cancellation).ConfigureAwait(false);
            }
        }
        catch (SocketException)
        {
            // A reset is a way to close.
        }

        return end > FrameType && answer[0] == 0 && answer[FrameType] == 4 ? ServerFront.Grpc : ServerFront.Rest;
    }

    private async Task<RunningModel> AskGrpcAsync(HttpClient http, CancellationToken cancellation)
    {
        byte[] message = new ModelMetadataRequest { Name = model }.ToByteArray();
        byte[] framed = new byte[GrpcPrefix + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, GrpcPrefix);
        ByteArrayContent content = new(framed);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpRequestMessage request = new(HttpMethod.Post, "http://server/inference.GRPCInferenceService/ModelMetadata")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "te", "trailers" }, { "host", address.Authority } },
            Content = content,
        };
        using HttpResponseMessage answer = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        string? status = ValueOf(answer, "grpc-status");
        if (status is null && (int)answer.StatusCode != 200)
        {
            throw Refused($"HTTP {(int)answer.StatusCode}", "that is not gRPC");
        }

        if (status is not "0" || body.Length < GrpcPrefix)
        {
            throw Refused($"gRPC status {status ?? "missing"}", Uri.UnescapeDataString(ValueOf(answer, "grpc-message") ?? ""));
        }

        ModelMetadataResponse metadata = ModelMetadataResponse.Parser.ParseFrom(body.AsSpan(GrpcPrefix).ToArray());
        return new RunningModel(
            ServerFront.Grpc,
            HasBinary: true,
            [.. metadata.Inputs.Select(static input => new RunningInput(input.Name, input.Datatype, [.. input.Shape]))]);
    }

    private async Task<RunningModel> AskRestAsync(HttpClient http, CancellationToken cancellation)
    {
        string path = $"/v2/models/{Uri.EscapeDataString(model)}";
        (HttpStatusCode status, string text) = await GetAsync(http, path, cancellation).ConfigureAwait(false);
        if (status != HttpStatusCode.OK)
        {
            string said = text.TrimStart().StartsWith('{') ? text : $"{text.Trim()} (a gRPC port is given as grpc://HOST:PORT)";
            throw Refused($"HTTP {(int)status}", said);
        }

        using JsonDocument metadata = JsonDocument.Parse(text);
        (HttpStatusCode found, string server) = await GetAsync(http, "/v2", cancellation).ConfigureAwait(false);
        bool hasBinary = found == HttpStatusCode.OK && server.Contains(BinaryTensors, StringComparison.Ordinal);
        return RunningModel.OfJson(metadata.RootElement, hasBinary) ?? throw Refused("HTTP 200", $"no metadata of a model: {text}");
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://server{path}") { Headers = { { "host", address.Authority } } };
        using HttpResponseMessage answer = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
    }

    private IOException Refused(string status, string text) => new(VisibleText.Of(
        $"The server at {address.Text} does not give the metadata of model {Shown.Bounded(model)} ({status}): {ServerText.Of(text)}"));

    private static string? ValueOf(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values) || answer.Headers.TryGetValues(name, out values)
            ? string.Join(',', values)
            : null;
}
