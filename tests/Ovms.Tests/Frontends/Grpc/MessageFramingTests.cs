using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Compression;
using Ovms.Frontends;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using CallStatus = Grpc.Core.Status;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Sizes, compression and bodies that are cut short.</summary>
public sealed class MessageFramingTests
{
    private const string InvalidArgument = "3";
    private const string ResourceExhausted = "8";

    [Test]
    public async Task BodyCutShort_IsTheCallersFault()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        (string status, string message) = await RawHttp2.PostAsync(server.Address, "ModelInfer", [0, 0, 0, 0, 16, 1]);
        await Assert.That(status).IsEqualTo(InvalidArgument);
        await Assert.That(message).Contains("Incomplete message");
    }

    [Test]
    public async Task EmptyBody_IsTheCallersFault()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        await Assert.That((await RawHttp2.PostAsync(server.Address, "ServerLive", [])).Status).IsEqualTo(InvalidArgument);
    }

    [Test]
    public async Task BadCompressedFlag_IsTheCallersFault()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        await Assert.That((await RawHttp2.PostAsync(server.Address, "ServerLive", [7, 0, 0, 0, 0])).Status).IsEqualTo(InvalidArgument);
    }

    [Test]
    public async Task LengthBeyond2GiB_IsResourceExhausted()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        (string status, string message) = await RawHttp2.PostAsync(server.Address, "ModelInfer", [0, 0xFF, 0xFF, 0xFF, 0xFF, 1]);
        await Assert.That(status).IsEqualTo(ResourceExhausted).Because(message);
    }

    [Test]
    [Arguments("gzip")]
    [Arguments("deflate")]
    public async Task CompressedRequest_IsRead(string encoding)
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        byte[] request = new ModelReadyRequest { Name = "dummy" }.ToByteArray();
        (string status, string message) = await RawHttp2.PostAsync(server.Address, "ModelReady", RawHttp2.Frame(Compress(encoding, request), isCompressed: true), encoding);
        await Assert.That(status).IsEqualTo("0").Because(message);
    }

    [Test]
    [Arguments("gzip")]
    [Arguments("deflate")]
    public async Task CompressedMessageThatGrowsBeyondTheLimit_IsResourceExhausted(string encoding)
    {
        await using GrpcServer server = await GrpcServer.StartWithAsync("grpc.max_receive_message_length=1000000");
        byte[] small = Compress(encoding, new byte[100_000_000]);
        (string status, string message) = await RawHttp2.PostAsync(server.Address, "ModelInfer", RawHttp2.Frame(small, isCompressed: true), encoding);

        await Assert.That(status).IsEqualTo(ResourceExhausted);
        await Assert.That(message).Contains("more than 1000000 bytes when decompressed");
    }

    [Test]
    public async Task DecompressionStopsAtTheLimit()
    {
        BoundedCompression bounded = new(new GzipCompressionProvider(CompressionLevel.Fastest), 1_000_000, new RequestMemory(0, ""));
        await using Stream stream = bounded.CreateDecompressionStream(new MemoryStream(Compress("gzip", new byte[100_000_000])));
        using MemoryStream grown = new();

        await Assert.That(() => stream.CopyTo(grown)).Throws<RpcException>();
        await Assert.That(grown.Length).IsBetween(1, 1_000_000);
    }

    [Test]
    public async Task CompressedGarbage_IsTheCallersFault()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        (string status, _) = await RawHttp2.PostAsync(server.Address, "ModelInfer", RawHttp2.Frame([1, 2, 3, 4, 5], isCompressed: true), "gzip");
        await Assert.That(status).IsEqualTo(InvalidArgument);
    }

    [Test]
    public async Task UnknownCompression_IsUnimplementedAndNamesTheKnown()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        (string status, string message) = await RawHttp2.PostAsync(server.Address, "ModelInfer", RawHttp2.Frame([1], isCompressed: true), "zstd");
        await Assert.That(status).IsEqualTo("12");
        await Assert.That(message).Contains("zstd").And.Contains("gzip");
    }

    [Test]
    public async Task RequestBeyondTheLimit_IsResourceExhausted()
    {
        await using GrpcServer server = await GrpcServer.StartWithAsync("grpc.max_receive_message_length=1000");
        await Assert.That((await Refusals.Of(server.Client.ModelReadyAsync(new() { Name = new string('n', 1001) }))).StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
    }

    [Test]
    public async Task AnswerBeyondTheLimit_IsResourceExhaustedAndNothingStaysRented()
    {
        await using GrpcServer server = await GrpcServer.StartWithAsync("grpc.max_send_message_length=60", ServedModel.Load("dummy"));
        CallStatus refused = await Refusals.Of(server.Client.ModelInferAsync(InferRequests.Dummy()));

        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(refused.Detail).Contains("where 60 may be sent");
        await Assert.That(await Refusals.Eventually(() => server.Registry.Current.Models[0].Default!.Servable!.Pool.InUse == 0)).IsTrue();
    }

    [Test]
    public async Task RequestsBeyondTheMemoryQuota_AreRefused()
    {
        const int Quota = MemoryShare.CallBytes + 200;
        await using GrpcServer server = await GrpcServer.StartAsync(
            new GrpcSettings { EndPoints = [new(System.Net.IPAddress.Loopback, 0)], ServerVersion = "1", Memory = new(Quota, "grpc_memory_quota") }, [ServedModel.Load("dummy"), ServedModel.Load("dynamic")]);
        CallStatus refused = await Refusals.Of(server.Client.ModelInferAsync(InferRequests.Doubling(1, 100)));
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(refused.Detail).Contains("grpc_memory_quota");

        // Earlier calls are no longer counted: each of these takes more than half of the quota.
        for (int i = 0; i < 5; i++)
        {
            await Assert.That((await server.Client.ModelInferAsync(InferRequests.Dummy(new string('i', 60)))).Id.Length).IsEqualTo(60);
        }
    }

    private static byte[] Compress(string encoding, byte[] message)
    {
        using MemoryStream compressed = new();
        using (Stream stream = encoding == "gzip" ? new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true) : new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(message);
        }

        return compressed.ToArray();
    }
}
