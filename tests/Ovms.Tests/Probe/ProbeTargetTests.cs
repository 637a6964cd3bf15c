using Ovms.Options;
using Ovms.Probe;

namespace Ovms.Tests.Probe;

public sealed class ProbeTargetTests
{
    [Test]
    [Arguments("--port 9000 --rest_port 8000 --rest_uds /r", "127.0.0.1:8000 REST")]
    [Arguments("--port 9000 --rest_uds /r", "127.0.0.1:9000 gRPC")]
    [Arguments("--grpc_uds /g --rest_uds /r", "unix:/r REST")]
    [Arguments("--grpc_uds /g", "unix:/g gRPC")]
    [Arguments("--port 9000 --grpc_bind_address ::", "127.0.0.1:9000 gRPC")]
    [Arguments("--port 9000 --grpc_bind_address 10.0.0.5,127.0.0.2", "10.0.0.5:9000 gRPC")]
    [Arguments("--rest_port 8000 --rest_bind_address ::1", "[::1]:8000 REST")]
    public async Task OneAddress_IsChosen(string arguments, string expected)
    {
        ProbeTarget target = ProbeTarget.Of(ServerOptions.Parse(arguments.Split(' ')).Value!).Value!;
        await Assert.That($"{target} {(target.IsGrpc ? "gRPC" : "REST")}").IsEqualTo(expected);
    }

    [Test]
    public async Task PathThatIsTooLong_IsSaid()
    {
        ServerOptions server = new() { RestUds = "/" + new string('x', 120) };
        await Assert.That(ProbeTarget.Of(server).Detail).Contains("the system takes 107");
    }
}
