using Grpc.Core;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Calls that must fail.</summary>
internal static class Fault
{
    /// <summary>The failure of a gRPC call; a call that succeeds fails the test.</summary>
    public static async Task<RpcException> OfAsync(Func<Task> call) =>
        await Assert.That(call).Throws<RpcException>() ?? throw new InvalidOperationException("The call was expected to fail.");
}
