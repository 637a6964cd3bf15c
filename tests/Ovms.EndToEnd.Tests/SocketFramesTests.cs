using System.Net.Sockets;
using Google.Protobuf;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Calls over a unix domain socket whose authority is the socket's path, as gRPC's C core writes it, wherever the reads of the server cut
/// the bytes apart.
/// </summary>
public sealed class SocketFramesTests
{
    private const string Authority = "tmp%2Fovms%2Fg";
    private const string Infer = "/inference.GRPCInferenceService/ModelInfer";
    private const int Frame = 16 << 10;

    [Test]
    public async Task FramesByteByByte_AreOneCallAfterTheOther()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "g");
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_uds", path);
        using Socket socket = await ConnectAsync(path);
        byte[] message = RawGrpc.Frame(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]).ToByteArray());
        foreach (int stream in Http2Frames.Streams(3))
        {
            foreach (byte one in (byte[])[.. Http2Frames.Headers(stream, Infer, Authority), .. Http2Frames.Data(stream, message)])
            {
                await socket.SendAsync(new[] { one });

                // The server is to read each by itself; where it does not, less is shown.
                await Task.Delay(1);
            }

            await Assert.That(Parse(await Http2Frames.BodiesAsync(socket, stream)).Single().Values<float>("a")[0]).IsEqualTo(1f);
        }
    }

    // What a body holds is no frame, be it written like one; and what follows a body that took many reads is found.
    [Test]
    public async Task LargeBodies_AreNeitherTouchedNorInTheWayOfLaterCalls()
    {
        using TemporaryFolder folder = new();
        using TinyModel model = new("u8", "?", "in", "out");
        string path = Path.Combine(folder.Path, "g");
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "m", "--grpc_uds", path);
        using Socket socket = await ConnectAsync(path);
        byte[] likeFrames = [.. Enumerable.Repeat(Http2Frames.Headers(9, Infer, Authority), 4000).SelectMany(static frame => frame.Append((byte)0))];
        byte[] message = RawGrpc.Frame(Requests.For("m").WithBytes("in", "UINT8", [likeFrames.Length], likeFrames).ToByteArray());
        int[] streams = [.. Http2Frames.Streams(4)];

        // Of an odd length and one after the other, so that frames begin anywhere in what is read.
        Task sending = socket.SendAsync(
            [.. streams.SelectMany(stream => (byte[][])[Http2Frames.Headers(stream, Infer, Authority), .. Http2Frames.Data(stream, message, Frame - 7)])
                .Select(static frame => new ArraySegment<byte>(frame))]);
        foreach (ModelInferResponse answer in Parse(await Http2Frames.BodiesAsync(socket, streams)))
        {
            bool isSame = answer.RawOutputContents[0].Span.SequenceEqual(likeFrames);
            await Assert.That(isSame).IsTrue();
        }

        await sending;
    }

    private static IEnumerable<ModelInferResponse> Parse(byte[]?[] bodies) => bodies.Select(static body => body is { Length: > 5 }
        ? ModelInferResponse.Parser.ParseFrom(body.AsSpan(5))
        : throw new InvalidOperationException("The call was reset, or got no answer."));

    private static async Task<Socket> ConnectAsync(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync((byte[])[.. Http2Frames.Preface, .. Http2Frames.StreamWindow(64 << 20), .. Http2Frames.WindowUpdate(0, 64 << 20)]);
        return socket;
    }
}
