using System.Runtime.InteropServices;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Serving;

namespace Ovms.Tests.Inference;

public sealed class ModelCallTests
{
    [Test]
    public async Task NewerTable_ChangesNothingForACallThatWasOpened()
    {
        ServableRegistry registry = new(new Drain());
        Servable first = Publish(registry, version: 1);
        ModelCalls calls = TestCalls.Of(registry);
        ModelCall call = calls.Open(CallOrigin.KServeGrpc, "dummy", "").Value!;

        Servable second = Publish(registry, version: 2);
        first.Retire();
        Outcome run = await call.RunAsync(Request(), CancellationToken.None);

        await Assert.That(run.IsOk).IsTrue();
        await Assert.That(call.Servable.Id.Version).IsEqualTo(1);
        await Assert.That(MemoryMarshal.Cast<byte, float>(call.Outputs[0].Bytes)[9]).IsEqualTo(8f);
        await Assert.That(first.Drained.IsCompleted).IsFalse();
        call.Dispose();
        await first.Drained;
        second.Retire();
        await second.Drained;
    }

    [Test]
    public async Task CallWhoseMessageNeverCame_IsCountedAsFailed_AndTakesNoTime()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        TestCalls.Of(registry).Open(CallOrigin.KServeRest, "dummy", "1").Value!.Dispose();

        CallTotals totals = servable.Statistics.Read();
        await Assert.That((totals.Fail.Count, totals.Fail.Nanoseconds)).IsEqualTo((1L, 0L));
        servable.Retire();
        await servable.Drained;
    }

    [Test]
    public async Task EndedCall_GivesBackAllButWhatTheLogNeeds()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        AnswersUnderway answers = new();
        ModelCalls calls = TestCalls.Of(registry, answers);
        ModelCall call = calls.Open(CallOrigin.KServeGrpc, "dummy", "").Value!;
        InferMessage message = Request();
        message.Id = "mark";
        await call.RunAsync(message, CancellationToken.None);
        await Assert.That(servable.InUse).IsEqualTo(1);

        call.EndInference();
        call.EndInference();
        await Assert.That(servable.InUse).IsEqualTo(0);
        await Assert.That(call.Outputs).IsEmpty();
        await Assert.That(call.Subject).IsEqualTo(new CallSubject("dummy", "", "mark"));
        await Assert.That(answers.Any).IsTrue();
        call.Answered(Outcome.Ok);
        call.Dispose();
        await Assert.That(answers.Any).IsFalse();
        await Assert.That(servable.Statistics.Read().Fail.Count).IsEqualTo(0);
        servable.Retire();
        await servable.Drained;
    }

    [Test]
    public async Task FailedCall_HoldsNothing_AndIsCountedOnce()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        using ModelCall call = TestCalls.Of(registry).Open(CallOrigin.KServeGrpc, "dummy", "").Value!;
        Outcome run = await call.RunAsync(Requests.Message(Requests.Raw("stranger", "FP32", [1, 10], 40)), CancellationToken.None);

        await Assert.That(run.IsOk).IsFalse();
        servable.Retire();
        await servable.Drained;
        call.EndInference();
        await Assert.That(servable.Statistics.Read().Fail.Count).IsEqualTo(1);
    }

    [Test]
    public async Task AnswerThatDidNotArrive_IsAFailure()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        ModelCall call = TestCalls.Of(registry).Open(CallOrigin.KServeGrpc, "dummy", "").Value!;
        await call.RunAsync(Request(), CancellationToken.None);
        call.Answered(Outcome.Fail(StatusCode.MessageTooLarge));
        call.Dispose();
        await Assert.That(servable.Statistics.Read().Fail.Count).IsEqualTo(1);
        servable.Retire();
        await servable.Drained;
    }

    [Test]
    public async Task LateDisposal_LeavesTheNextCallAlone()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        ModelCalls calls = TestCalls.Of(registry);
        ModelCall late = calls.Open(CallOrigin.KServeGrpc, "dummy", "").Value!;
        int use = late.Stamp;
        late.Dispose(use);
        late.Dispose(use);
        using ModelCall next = calls.Open(CallOrigin.KServeGrpc, "dummy", "").Value!;
        await Assert.That(ReferenceEquals(late, next)).IsTrue();
        await next.RunAsync(Request(), CancellationToken.None);

        late.Dispose(use);
        await Assert.That(next.Outputs.Length).IsEqualTo(1);
        await Assert.That(servable.InUse).IsEqualTo(1);
    }

    [Test]
    public async Task AbandonedCall_IsNotCounted()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        ModelCall call = TestCalls.Of(registry).Open(CallOrigin.KServeGrpc, "dummy", "").Value!;
        call.Abandon();
        call.Dispose();
        await Assert.That(servable.Statistics.Read().Fail.Count).IsEqualTo(0);
        servable.Retire();
        await servable.Drained;
    }

    // What went wrong after the inference is the fault of the answer's way: the caller did not stop the inference.
    [Test]
    public async Task CallerWhoLeavesAfterTheInference_IsAFailure_AndNotCancelled()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        ServableMetrics metrics = DummyServable.Count(servable);
        ModelCall call = TestCalls.Of(registry).Open(CallOrigin.KServeRest, "dummy", "").Value!;
        await call.RunAsync(Request(), CancellationToken.None);
        call.EndInference();
        call.Answered(Outcome.Fail(StatusCode.Cancelled));
        call.Dispose();
        await Assert.That(metrics.Cancelled).IsEqualTo(0);
        await Assert.That(servable.Statistics.Read().Fail.Count).IsEqualTo(1);
        servable.Retire();
        await servable.Drained;
    }

    [Test]
    public async Task CallerWhoLeavesBeforeTheInferenceIsOver_IsCountedAsCancelled()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        ServableMetrics metrics = DummyServable.Count(servable);
        ModelCalls calls = TestCalls.Of(registry);
        using (ModelCall call = calls.Open(CallOrigin.KServeRest, "dummy", "").Value!)
        {
            call.Answered(Outcome.Fail(StatusCode.Cancelled));
        }

        InferSlot only = (await servable.Pool.RentAsync(CancellationToken.None)).Value!;
        using (ModelCall call = calls.Open(CallOrigin.KServeRest, "dummy", "").Value!)
        {
            await call.RunAsync(Request(), new CancellationToken(canceled: true));
        }

        only.Return();
        await Assert.That(metrics.Cancelled).IsEqualTo(2);
        await Assert.That(metrics.Current).IsEqualTo(0);
        servable.Retire();
        await servable.Drained;
    }

    // A caller that reads its answer slowly is no inference in progress.
    [Test]
    public async Task CurrentRequests_CountTheCallUntilItsInferRequestIsBack()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = Publish(registry, version: 1);
        ServableMetrics metrics = DummyServable.Count(servable);
        ModelCall call = TestCalls.Of(registry).Open(CallOrigin.KServeGrpc, "dummy", "").Value!;
        await call.RunAsync(Request(), CancellationToken.None);
        await Assert.That(metrics.Current).IsEqualTo(1);

        call.EndInference();
        await Assert.That(metrics.Current).IsEqualTo(0);
        call.Answered(Outcome.Ok);
        call.Dispose();
        await Assert.That(metrics.Current).IsEqualTo(0);
        servable.Retire();
        await servable.Drained;
    }

    private static InferMessage Request() =>
        Requests.Message(Requests.Raw("b", "FP32", [1, 10], [.. MemoryMarshal.AsBytes(Enumerable.Repeat(7f, 10).ToArray().AsSpan())]));

    private static Servable Publish(ServableRegistry registry, long version)
    {
        Servable servable = DummyServable.Make(version: version);
        registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(version, ServableState.Available, servable)])]));
        return servable;
    }
}
