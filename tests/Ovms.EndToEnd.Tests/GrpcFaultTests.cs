using System.IO.Compression;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Whatever bytes come over gRPC: the caller is told what is wrong with them, and the server goes on.</summary>
public sealed class GrpcFaultTests
{
    private static readonly float[] s_input = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    private static ModelInferRequest Good => Requests.For("dummy", id: "an id").WithRaw("b", "FP32", [1, 10], s_input);

    [Test]
    public async Task BytesThatAreNoMessage_AreTheCallersFaultInEveryCall()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);
        byte[][] garbage =
        [
            [0xFF],
            [0x00],
            [0x0A, 0x05, (byte)'a'],
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            [0x0C],
            [0x0F, 0x01],
            [.. Enumerable.Repeat((byte)0xFF, 11)],
        ];
        (string Service, string Call)[] calls =
        [
            .. new[] { "ServerLive", "ServerReady", "ServerMetadata", "ModelReady", "ModelMetadata", "ModelInfer", "ModelConfig", "ModelStatistics", "RepositoryIndex" }.Select(static call => (RawGrpc.Inference, call)),
            ("grpc.health.v1.Health", "Check"),
            ("grpc.health.v1.Health", "Watch"),
            ("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo"),
        ];
        foreach ((string service, string call) in calls)
        {
            foreach (byte[] bytes in garbage)
            {
                (int status, string message) = await raw.PostAsync(call, RawGrpc.Frame(bytes), service: service);
                await Assert.That((StatusCode)status).IsEqualTo(StatusCode.InvalidArgument).Because($"{call} {Convert.ToHexString(bytes)}: {message}");
                await Assert.That(message).StartsWith("The message cannot be parsed - ");
            }
        }

        await ExpectUnharmedAsync(server);
    }

    [Test]
    public async Task BrokenFraming_IsTheCallersFault()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);
        byte[] good = Good.ToByteArray();
        byte[] frame = RawGrpc.Frame(good);
        (byte[] Body, string? Encoding, StatusCode Expected, string Part)[] faults =
        [
            ([], null, StatusCode.InvalidArgument, "without a message"),
            (frame[..3], null, StatusCode.InvalidArgument, "Incomplete message"),
            (frame[..^1], null, StatusCode.InvalidArgument, "Incomplete message"),
            ([.. frame, 0], null, StatusCode.InvalidArgument, "More bytes"),
            ([.. frame, .. frame], null, StatusCode.InvalidArgument, "More bytes"),
            ([.. RawGrpc.Head(2, flag: 2), .. good], null, StatusCode.InvalidArgument, "flag"),
            (RawGrpc.Frame(good, isCompressed: true), null, StatusCode.InvalidArgument, "grpc-encoding"),
            (RawGrpc.Frame(good, isCompressed: true), "gzip", StatusCode.InvalidArgument, "not what grpc-encoding says"),
            (RawGrpc.Frame(Gzip(good)[..20], isCompressed: true), "gzip", StatusCode.InvalidArgument, "cannot be parsed"),
            (RawGrpc.Frame(good, isCompressed: true), "zstd", StatusCode.Unimplemented, "gzip"),
            (RawGrpc.Head((1u << 30) + 1), null, StatusCode.ResourceExhausted, "size"),
            (RawGrpc.Head(1u << 31), null, StatusCode.ResourceExhausted, "size"),
            (RawGrpc.Head(uint.MaxValue), null, StatusCode.ResourceExhausted, "size"),
        ];
        foreach ((byte[] body, string? encoding, StatusCode expected, string part) in faults)
        {
            (int status, string message) = await raw.PostAsync("ModelInfer", body, encoding);
            await Assert.That((StatusCode)status).IsEqualTo(expected).Because(message);
            await Assert.That(message).Contains(part);
        }

        await ExpectUnharmedAsync(server);
    }

    [Test]
    public async Task ChangedRequests_AreAnsweredOrRefused()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);
        ModelInferRequest typed = Requests.For("dummy", id: "x").WithContents("b", "FP32", [1, 10], new InferTensorContents { Fp32Contents = { s_input } }).WithOutputs("a");
        typed.Parameters["k"] = new InferParameter { Int64Param = 5 };
        byte[][] origins = [Good.ToByteArray(), typed.ToByteArray()];
        Random random = new(20);
        for (int round = 0; round < 3000; round++)
        {
            List<byte> bytes = [.. origins[random.Next(origins.Length)]];
            for (int change = random.Next(1, 5); change > 0 && bytes.Count > 1; change--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, random.Next(1, bytes.Count - at + 1));
                        break;
                    case 2:
                        bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 9)).Select(_ => (byte)random.Next(256)));
                        break;
                    default:
                        bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - 1), 1));
                        break;
                }
            }

            (int status, string message) = await raw.PostAsync("ModelInfer", RawGrpc.Frame([.. bytes]));
            await Assert.That((StatusCode)status is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.NotFound).IsTrue().Because($"{status} {message} {Convert.ToHexString([.. bytes])}");
        }

        await ExpectUnharmedAsync(server);
    }

    [Test]
    public async Task WrongDatatype_IsNamedForEveryPair()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("all_types"), "all_types");
        ModelMetadataResponse model = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "all_types" });
        string[] datatypes = [.. model.Inputs.Select(static input => input.Datatype), "BYTES", "STRING", "fp32", ""];
        foreach (ModelMetadataResponse.Types.TensorMetadata wrong in model.Inputs)
        {
            // Texts may go into a U8 input of two dimensions, packed: there the shape is what is wrong.
            foreach (string datatype in datatypes.Where(datatype => datatype != wrong.Datatype && (datatype, wrong.Datatype) is not ("BYTES", "UINT8")))
            {
                ModelInferRequest request = Requests.For("all_types");
                foreach (ModelMetadataResponse.Types.TensorMetadata input in model.Inputs)
                {
                    request.WithBytes(input.Name, input.Name == wrong.Name ? datatype : input.Datatype, [0, 4], []);
                }

                RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(request));
                await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
                await Assert.That(fault.Status.Detail).StartsWith("Invalid input precision - Expected: ").And.Contains($"Actual: {datatype}").And.EndsWith($"input name: {wrong.Name}");
            }
        }
    }

    [Test]
    public async Task ContentsInManyTinyPieces_AreRefusedBeforeTheyCostMemory()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);

        // Field 5 of an input with no bytes: two bytes each, of which every one had its own place in a list.
        byte[] pieces = new byte[16 << 20];
        pieces.AsSpan().Fill(0x2A);
        for (int i = 1; i < pieces.Length; i += 2)
        {
            pieces[i] = 0;
        }

        ByteString input = ByteString.CopyFrom([0x0A, 1, (byte)'b', .. pieces]);
        using MemoryStream message = new();
        using (CodedOutputStream output = new(message, leaveOpen: true))
        {
            output.WriteRawTag(0x0A);
            output.WriteString("dummy");
            output.WriteRawTag(0x2A);
            output.WriteBytes(input);
        }

        (int status, string text) = await raw.PostAsync("ModelInfer", RawGrpc.Frame(message.ToArray()));
        await Assert.That((StatusCode)status).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(text).Contains("contents");
        await Assert.That(ProcessFacts.Peak(server.Process.Id)).IsLessThan(300);
    }

    [Test]
    public async Task ShortDeadlines_AreKeptAndLeaveNothing()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            for (int call = 0; call < 250; call++)
            {
                try
                {
                    await server.Client.ModelInferAsync(Good, deadline: DateTime.UtcNow.AddMilliseconds(5 * random.NextDouble()));
                }
                catch (RpcException late) when (late.StatusCode is StatusCode.DeadlineExceeded || late.Status.DebugException is not null)
                {
                    // Both ends watch the deadline. Where the server's clock strikes first it resets the stream, which the client takes for
                    // a cancellation or trips over; such a status is the client's own, with its exception. What the server says has none.
                }
            }
        })));
        await ExpectUnharmedAsync(server);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
    }

    private static byte[] Gzip(byte[] plain)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(plain);
        }

        return packed.ToArray();
    }

    private static async Task ExpectUnharmedAsync(OvmsServer server)
    {
        ModelInferResponse response = await server.Client.ModelInferAsync(Good);
        await Assert.That(MemoryMarshal.Cast<byte, float>(response.RawOutputContents[0].Span)[9]).IsEqualTo(10f);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");
    }
}
