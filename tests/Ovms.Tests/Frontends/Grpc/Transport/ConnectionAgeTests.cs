using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;

namespace Ovms.Tests.Frontends.Grpc.Transport;

public sealed class ConnectionAgeTests
{
    [Test]
    public async Task AgedConnection_IsReplacedAndItsCallInFlightFinishes()
    {
        Servable model = ServedModel.Load("dummy", inferRequests: 1);
        await using GrpcServer server = await GrpcServer.StartWithAsync("grpc.max_connection_age_ms=500", model);
        InferSlot taken = (await model.Pool.RentAsync(default)).Value!;
        int connections = 0;
        using GrpcChannel channel = Counting(server.Address, () => Interlocked.Increment(ref connections));
        GRPCInferenceService.GRPCInferenceServiceClient client = new(channel);

        AsyncUnaryCall<ModelInferResponse> inFlight = client.ModelInferAsync(InferRequests.Dummy());
        await Assert.That(await Refusals.Eventually(() => model.Pool.Waiting == 1)).IsTrue();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (Volatile.Read(ref connections) < 2)
        {
            await CallAsync(client, limit.Token);
        }

        taken.Return();
        await Assert.That((await inFlight).Values<float>()[0]).IsEqualTo(1f);
    }

    [Test]
    public async Task CallThatOutlivesTheGracePeriod_IsCutOff()
    {
        Servable model = ServedModel.Load("dummy", inferRequests: 1);
        await using GrpcServer server = await GrpcServer.StartWithAsync("grpc.max_connection_age_ms=50,grpc.max_connection_age_grace_ms=50", model);
        InferSlot taken = (await model.Pool.RentAsync(default)).Value!;

        await Assert.That((await Refusals.Of(server.Client.ModelInferAsync(InferRequests.Dummy()))).StatusCode).IsNotEqualTo(StatusCode.OK);
        await Assert.That(await Refusals.Eventually(() => model.Pool.Waiting == 0)).IsTrue();
        taken.Return();
    }

    private static async Task CallAsync(GRPCInferenceService.GRPCInferenceServiceClient client, CancellationToken limit)
    {
        try
        {
            await client.ServerLiveAsync(new(), cancellationToken: limit);
        }
        catch (RpcException lost) when (lost.Status.Detail.Contains("NO_ERROR", StringComparison.Ordinal))
        {
            // This client does not retry a call that it began on a connection while the server sent GOAWAY.
        }
    }

    private static GrpcChannel Counting(string address, Action onConnect) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                onConnect();
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    });
}
