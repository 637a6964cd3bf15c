using Grpc.Core;
using CallStatus = Grpc.Core.Status;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Checks the statuses of calls that fail.</summary>
internal static class Refusals
{
    /// <summary>The status of a call that must fail.</summary>
    public static async Task<CallStatus> Of(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RpcException refused)
        {
            return refused.Status;
        }

        return new CallStatus(StatusCode.OK, "The call succeeded.");
    }

    /// <summary>The status of a call that must fail.</summary>
    public static Task<CallStatus> Of<T>(AsyncUnaryCall<T> call) => Of(async () => await call);

    /// <summary>Polls until a condition holds for which there is no event.</summary>
    public static async Task<bool> Eventually(Func<bool> isSo)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (!isSo() && !limit.IsCancellationRequested)
        {
            await Task.Delay(5);
        }

        return isSo();
    }
}
