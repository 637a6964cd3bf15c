using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>The standard gRPC services beside the KServe one.</summary>
public sealed class HealthAndReflectionTests
{
    [Test]
    public async Task Health_KnowsServerAndModel()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        Health.HealthClient health = new(server.Channel);
        foreach (string service in new[] { "", "dummy" })
        {
            HealthCheckResponse answer = await health.CheckAsync(new HealthCheckRequest { Service = service });
            await Assert.That(answer.Status).IsEqualTo(HealthCheckResponse.Types.ServingStatus.Serving);
        }

        RpcException unknown = await Fault.OfAsync(async () => await health.CheckAsync(new HealthCheckRequest { Service = "nobody" }));
        await Assert.That(unknown.StatusCode).IsEqualTo(StatusCode.NotFound);
    }

    [Test]
    public async Task Reflection_ListsTheServices()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        ServerReflection.ServerReflectionClient reflection = new(server.Channel);
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call = reflection.ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        await Assert.That(await call.ResponseStream.MoveNext()).IsTrue();
        string[] services = [.. call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name)];
        await Assert.That(services).Contains("inference.GRPCInferenceService");
        await Assert.That(services).Contains("grpc.health.v1.Health");
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "inference.GRPCInferenceService" });
        await Assert.That(await call.ResponseStream.MoveNext()).IsTrue();
        await Assert.That(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto).IsNotEmpty();
        await call.RequestStream.CompleteAsync();
    }
}
