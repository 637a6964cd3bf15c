using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

/// <summary>BATCH gathers calls: that many ride together at once, and one alone waits for AUTO_BATCH_TIMEOUT.</summary>
public sealed class BatchingTests
{
    private const int Batch = 16;

    // OpenVINO sometimes misses that a batch is full and lets it wait for the timeout, surely so while its thread is still starting:
    // one round of several that ends long before the timeout shows that full batches do not wait.
    [Test]
    [Arguments("""{"AUTO_BATCH_TIMEOUT": 4000}""")]
    [Arguments("""{"AUTO_BATCH_TIMEOUT": "4000"}""")]
    public async Task SixteenCallers_RideTogetherWithoutWaitingForTheTimeout(string config)
    {
        const int Rounds = 5;
        using Compiled compiled = Compiled.Of("dummy", $"BATCH:CPU({Batch})", config);
        await Assert.That(compiled.Fact.RequestCount).IsEqualTo(Batch);

        using Callers callers = new(compiled.Fact.Model);
        bool isEarly = false;
        for (int round = 0; round < Rounds && !isEarly; round++)
        {
            isEarly = callers.Call(TimeSpan.FromSeconds(2));
            await Assert.That(callers.Answers).IsEquivalentTo(Enumerable.Range(1, Batch).Select(static n => (float)n));
        }

        await Assert.That(isEarly).IsTrue();
    }

    [Test]
    [Timeout(60_000)]
    [Arguments("""{"AUTO_BATCH_TIMEOUT": 1}""")]
    [Arguments("""{"AUTO_BATCH_TIMEOUT": "1"}""")]
    public async Task OneCallerAlone_IsAnsweredAfterTheTimeout(string config, CancellationToken cancellation)
    {
        using Compiled compiled = Compiled.Of("dummy", $"BATCH:CPU({Batch})", config);

        await Assert.That(await Task.Run(compiled.Answer, cancellation)).IsEqualTo(10f);
    }

    [Test]
    [Arguments("scalar")]
    public async Task ModelWithoutABatch_IsServedUngatheredWithAWarning(string model)
    {
        using Compiled compiled = Compiled.Of(model, $"BATCH:CPU({Batch})");

        await Assert.That(compiled.Fact.Warnings.Single()).Contains("found no batch dimension");
    }

    /// <summary>As many requests as a batch holds; the one numbered n asks for n + 1.</summary>
    private sealed class Callers : IDisposable
    {
        private readonly InferRequest[] _requests;

        public Callers(CompiledModel model)
        {
            _requests = [.. Enumerable.Range(0, Batch).Select(_ => model.CreateInferRequest())];
            for (int i = 0; i < Batch; i++)
            {
                using Tensor input = Engine.Filled<float>(ElementType.F32, [1, 10], [.. Enumerable.Repeat((float)i, 10)]);
                _requests[i].SetInput(0, input);
            }
        }

        /// <summary>What came last.</summary>
        public float[] Answers => [.. _requests.Select(static request =>
        {
            using Tensor output = request.GetOutput(0);
            return MemoryMarshal.Cast<byte, float>(output.Bytes)[0];
        })];

        /// <summary>All call at once; returns when all are answered.</summary>
        /// <returns>Whether the first was answered by the deadline.</returns>
        public bool Call(TimeSpan deadline)
        {
            Array.ForEach(_requests, static request => request.Start());
            bool isEarly = _requests[0].TryWaitFor(deadline) == OvStatus.Ok;
            Array.ForEach(_requests, static request => request.Wait());
            return isEarly;
        }

        public void Dispose() => Array.ForEach(_requests, static request => request.Dispose());
    }
}
