using System.Text;
using Ovms.Options;
using Ovms.Probe;
using Ovms.Status;

namespace Ovms.Tests.Probe;

public sealed class ProcessOneTests
{
    [Test]
    public async Task OptionsOfTheServer_AreThoseItRunsWith()
    {
        ServerOptions server = Read(
            "/ovms/bin/ovms", "--config_path", "/c.json", "--port=9001", "--rest_port", "8001", "--rest_bind_address", "10.0.0.5").Value!;
        await Assert.That((server.Port, server.RestPort, server.RestBindAddress.ToString())).IsEqualTo((9001u, 8001u, "10.0.0.5"));
    }

    // What the server took with a warning, or judges with files that only it sees, does not keep its address from being found.
    [Test]
    public async Task FaultsAndOddValues_DoNotHideTheAddress()
    {
        ServerOptions server = Read(
            "ovms", "--rest_port", "1", "--model_name", "", "--cpu_extension", "/nowhere", "--rest_port", "8000", "--unknown").Value!;
        await Assert.That(server.RestPort).IsEqualTo(8000u);
    }

    [Test]
    public async Task SocketFile_IsFoundInTheFolderOfTheServer()
    {
        ServerOptions server = Read("ovms", "--rest_uds", "run/r.sock", "--grpc_uds", "/run/g.sock").Value!;
        await Assert.That((server.RestUds, server.GrpcUds)).IsEqualTo(("/proc/1/cwd/run/r.sock", "/run/g.sock"));
    }

    [Test]
    [Arguments("", "process 1 is not ovms but without arguments")]
    [Arguments("/sbin/init", "process 1 is not ovms but /sbin/init")]
    [Arguments("/bin/sh -c ovms", "process 1 is not ovms but /bin/sh")]
    [Arguments("/ovms/bin/ovms", "listens nowhere")]
    [Arguments("/ovms/bin/ovms check --config_path c.json", "listens nowhere")]
    public async Task WhatIsNoServer_IsSaidWithTheRemedy(string arguments, string expected)
    {
        Outcome<ServerOptions> read = Read(arguments.Split(' '));
        await Assert.That(read.IsOk).IsFalse();
        await Assert.That(read.Detail).Contains(expected).And.EndsWith("Give --port, --rest_port, --grpc_uds or --rest_uds.");
    }

    private static Outcome<ServerOptions> Read(params string[] arguments) =>
        ProcessOne.OptionsOf(Encoding.UTF8.GetBytes(string.Concat(arguments.Select(static argument => argument + '\0'))));
}
