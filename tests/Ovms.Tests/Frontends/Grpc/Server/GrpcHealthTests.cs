using Grpc.Core;
using Grpc.Health.V1;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Serving;
using Ovms.Serving.Table;
using CallStatus = Grpc.Core.Status;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ovms.Tests.Frontends.Grpc.Server;

public sealed class GrpcHealthTests
{
    [Test]
    public async Task Check_FollowsTheTableAndTheDrain()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        Health.HealthClient health = new(server.Channel);
        await Assert.That(await CheckAsync(health, "")).IsEqualTo(ServingStatus.NotServing);

        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Loading)])]));
        await Assert.That(await CheckAsync(health, "")).IsEqualTo(ServingStatus.NotServing);
        await Assert.That(await CheckAsync(health, "dummy")).IsEqualTo(ServingStatus.NotServing);

        server.Registry.Publish(ServedModel.Table(ServedModel.Load("dummy")));
        await Assert.That(await CheckAsync(health, "")).IsEqualTo(ServingStatus.Serving);
        await Assert.That(await CheckAsync(health, KServeBinding.ServiceName)).IsEqualTo(ServingStatus.Serving);
        await Assert.That(await CheckAsync(health, "dummy")).IsEqualTo(ServingStatus.Serving);

        server.Served.Drain.StartDraining();
        await Assert.That(await CheckAsync(health, "")).IsEqualTo(ServingStatus.NotServing);
        await Assert.That(await CheckAsync(health, "dummy")).IsEqualTo(ServingStatus.NotServing);
    }

    [Test]
    public async Task CheckOfUnknownName_IsNotFound()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Health.HealthClient health = new(server.Channel);
        CallStatus refused = await Refusals.Of(health.CheckAsync(new() { Service = "other" }));
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That(refused.Detail).Contains("other").And.Contains("dummy");
    }

    [Test]
    public async Task CheckOfNoMessage_IsTheCallersFault()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        await Assert.That((await Refusals.Of(() => server.CallAsync("grpc.health.v1.Health", "Check", [0x0A, 0x20]))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That((await Refusals.Of(() => server.CallAsync("grpc.health.v1.Health", "Watch", [0x0A, 0x20]))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
    }

    [Test]
    public async Task Watch_TellsEachChangeAndEndsWhenTheServerDrains()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        using AsyncServerStreamingCall<HealthCheckResponse> watch = new Health.HealthClient(server.Channel).Watch(new() { Service = "dummy" });
        await Assert.That(await NextAsync(watch)).IsEqualTo(ServingStatus.ServiceUnknown);

        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Loading)])]));
        await Assert.That(await NextAsync(watch)).IsEqualTo(ServingStatus.NotServing);

        server.Registry.Publish(ServedModel.Table(ServedModel.Load("dummy")));
        await Assert.That(await NextAsync(watch)).IsEqualTo(ServingStatus.Serving);

        server.Served.Drain.StartDraining();
        await Assert.That(await NextAsync(watch)).IsEqualTo(ServingStatus.NotServing);
        await Assert.That(await watch.ResponseStream.MoveNext(default)).IsFalse();
        await Assert.That(watch.GetStatus().StatusCode).IsEqualTo(StatusCode.OK);
    }

    [Test]
    public async Task ManyChangesAtOnce_EndInTheLastStatus()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        using AsyncServerStreamingCall<HealthCheckResponse> watch = new Health.HealthClient(server.Channel).Watch(new());
        await Assert.That(await NextAsync(watch)).IsEqualTo(ServingStatus.Serving);

        ServableTable serving = server.Registry.Current;
        for (int i = 0; i < 1000; i++)
        {
            server.Registry.Publish(ServableTable.Empty);
            server.Registry.Publish(serving);
        }

        server.Served.Drain.StartDraining();
        ServingStatus last = ServingStatus.Unknown;
        while (await watch.ResponseStream.MoveNext(default))
        {
            last = watch.ResponseStream.Current.Status;
        }

        await Assert.That(last).IsEqualTo(ServingStatus.NotServing);
    }

    private static async Task<ServingStatus> CheckAsync(Health.HealthClient health, string service) => (await health.CheckAsync(new() { Service = service })).Status;

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        return await watch.ResponseStream.MoveNext(limit.Token) ? watch.ResponseStream.Current.Status : throw new InvalidOperationException("The watch ended.");
    }
}
