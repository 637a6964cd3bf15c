using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A model moves between CPU and GPUs by edits of config.json while it is called.</summary>
internal sealed class GpuReloadTests
{
    [Test]
    public async Task MoveBetweenDevices_FailsNoCall()
    {
        using Gpu gpu = new(2);
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        using CancellationTokenSource enough = new();
        int[] answered = new int[4];
        Task[] callers = [.. Enumerable.Range(0, answered.Length).Select(caller => CallAsync(caller, enough.Token))];
        try
        {
            (string Device, int? Computes)[] moves = [("GPU", 0), ("CPU", null), ("GPU.1", 1), ("GPU.0", 0), ("CPU", null)];
            foreach ((string device, int? computes) in moves)
            {
                repository.Configure($"m, \"target_device\": \"{device}\"");
                (System.Net.HttpStatusCode code, string body, _) = await repository.ReloadAsync();
                await Assert.That(code).IsEqualTo(System.Net.HttpStatusCode.Created).Because(body);
                await CallsOfBeforeEndAsync();
                ulong[] before = [gpu.Starts(0), gpu.Starts(1)];
                const int Rounds = 10;
                for (int round = 0; round < Rounds; round++)
                {
                    await repository.Client.CheckDummyAsync("m", 4);
                }

                // The device that the model left is asked by a kernel or two whether it is well, before the old model is freed.
                await Assert.That(gpu.Starts(0) - before[0] >= Rounds).IsEqualTo(computes == 0).Because($"GPU.0 while the model is on {device}");
                await Assert.That(gpu.Starts(1) - before[1] >= Rounds).IsEqualTo(computes == 1).Because($"GPU.1 while the model is on {device}");
            }
        }
        finally
        {
            await enough.CancelAsync();
        }

        await Task.WhenAll(callers);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);

        async Task CallAsync(int caller, CancellationToken enough)
        {
            while (!enough.IsCancellationRequested)
            {
                await repository.Client.CheckDummyAsync("m");
                Interlocked.Increment(ref answered[caller]);
            }
        }

        // A call that began before the reload ends on the device that it began on. After two answers none of those is left.
        async Task CallsOfBeforeEndAsync()
        {
            int[] then = [.. answered];
            while (callers.Where((call, caller) => !call.IsCompleted && Volatile.Read(ref answered[caller]) < then[caller] + 2).Any())
            {
                await repository.Client.CheckDummyAsync("m");
            }
        }
    }
}
