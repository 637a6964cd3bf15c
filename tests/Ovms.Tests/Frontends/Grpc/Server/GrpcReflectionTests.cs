using Google.Protobuf.Reflection;
using Grpc.Core;
using Ovms.Frontends.Grpc.Transport;
using CallStatus = Grpc.Core.Status;
using V1 = Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace Ovms.Tests.Frontends.Grpc.Server;

public sealed class GrpcReflectionTests
{
    private static readonly string[] s_services =
        ["inference.GRPCInferenceService", "tensorflow.serving.PredictionService", "tensorflow.serving.ModelService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

    [Test]
    public async Task V1_ListsTheServicesAndGivesTheirFile()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        using AsyncDuplexStreamingCall<V1.ServerReflectionRequest, V1.ServerReflectionResponse> call = new V1.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();

        await call.RequestStream.WriteAsync(new() { ListServices = "" });
        await call.ResponseStream.MoveNext(default);
        await Assert.That(call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name)).IsEquivalentTo(s_services);

        await call.RequestStream.WriteAsync(new() { FileContainingSymbol = "inference.GRPCInferenceService" });
        await call.ResponseStream.MoveNext(default);
        FileDescriptorProto[] files = [.. call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto.Select(static file => FileDescriptorProto.Parser.ParseFrom(file))];
        await Assert.That(files.SelectMany(static file => file.Service).Single().Method.Count).IsEqualTo(20);
        await Assert.That(files.SelectMany(static file => file.Dependency).Except(files.Select(static file => file.Name))).IsEmpty();

        await call.RequestStream.CompleteAsync();
        await Assert.That(await call.ResponseStream.MoveNext(default)).IsFalse();
    }

    [Test]
    public async Task V1Alpha_ListsTheServices()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        using AsyncDuplexStreamingCall<V1Alpha.ServerReflectionRequest, V1Alpha.ServerReflectionResponse> call = new V1Alpha.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new() { ListServices = "" });
        await call.ResponseStream.MoveNext(default);
        await Assert.That(call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name)).IsEquivalentTo(s_services);
    }

    [Test]
    public async Task StreamLeftOpen_EndsWhenTheServerStops()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        using AsyncDuplexStreamingCall<V1.ServerReflectionRequest, V1.ServerReflectionResponse> call = new V1.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new() { ListServices = "" });
        await call.ResponseStream.MoveNext(default);

        Task stop = server.StopAsync();
        CallStatus end = await Refusals.Of(() => call.ResponseStream.MoveNext(default));
        await stop;

        // This client sees either the end of the stream or the connection's GOAWAY first.
        await Assert.That(end.StatusCode == StatusCode.OK || end.Detail.Contains("NO_ERROR", StringComparison.Ordinal)).IsTrue().Because(end.Detail);
    }

    [Test]
    public async Task RequestsOfAStoppingServer_EndAsIfTheCallerHadEndedThem()
    {
        using CancellationTokenSource stopping = new();
        StoppableRequests<string> requests = new(new EndlessStream(), stopping.Token);
        await Assert.That(await requests.MoveNext(default)).IsTrue();

        Task<bool> next = requests.MoveNext(default);
        await stopping.CancelAsync();
        await Assert.That(await next).IsFalse();

        using CancellationTokenSource leaving = new();
        await leaving.CancelAsync();
        await Assert.That(async () => await new StoppableRequests<string>(new EndlessStream(), default).MoveNext(leaving.Token)).Throws<OperationCanceledException>();
    }

    private sealed class EndlessStream : IAsyncStreamReader<string>
    {
        private bool _isFirst = true;

        public string Current => "request";

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!_isFirst || cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            _isFirst = false;
            return true;
        }
    }
}
