using System.Runtime.InteropServices;
using Ovms.Native.Interop;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Starting, calling back, waiting, cancelling.</summary>
public class AsyncTests
{
    [Test]
    public async Task Callback_ComesOnAnotherThreadBeforeTheResultIsVisible()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using Completion completion = new();
        int thread = 0;
        OvStatus inside = OvStatus.Ok;
        completion.OnCallback = () =>
        {
            thread = Environment.CurrentManagedThreadId;
            inside = request.TryWaitFor(TimeSpan.FromMilliseconds(20));
        };
        completion.Attach(request);

        int starter = Environment.CurrentManagedThreadId;
        request.Start();
        OvStatus outside = request.TryWait();

        await Assert.That(outside).IsEqualTo(OvStatus.Ok);
        await Assert.That(thread).IsNotEqualTo(starter);
        await Assert.That(inside).IsEqualTo(OvStatus.ResultNotReady);
    }

    [Test]
    public async Task Callback_HasComeWhenAnOutsideWaitReturns()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using Completion completion = new();
        completion.Attach(request);
        int late = 0;

        for (int i = 1; i <= 1000; i++)
        {
            request.Start();
            request.Wait();
            if (completion.Count != i)
                late++;
        }

        await Assert.That(late).IsEqualTo(0);
    }

    [Test]
    public async Task SynchronousInfer_CallsNothing()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using Completion completion = new();
        completion.Attach(request);

        request.Infer();
        int afterInfer = completion.Count;
        request.Start();
        request.Wait();

        await Assert.That(afterInfer).IsEqualTo(0);
        await Assert.That(completion.Count).IsEqualTo(1);
    }

    [Test]
    public async Task CallbackStruct_IsKeptByPointerAndNotCopied()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using Completion first = new();
        using Completion second = new();
        SetThenRedirect(request, first, second, out IntPtr memory);

        request.Start();
        request.Wait();

        await Assert.That(first.Count).IsEqualTo(0);
        await Assert.That(second.Count).IsEqualTo(1);
        request.Dispose();
        Marshal.FreeHGlobal(memory);
    }

    [Test]
    public async Task SecondCallback_IsRefused()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using Completion completion = new();
        completion.Attach(request);

        await Assert.That(() => completion.Attach(request)).Throws<InvalidOperationException>();
    }

    [Test]
    public async Task RunningRequest_IsBusyForStartAndTensors()
    {
        using CompiledModel compiled = SlowModel.Compile();
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor tensor = Tensor.Allocate(ElementType.F32, SlowModel.Shape);
        request.Start();

        OvStatus start = request.TryStart();
        OvStatus set = StatusOf(() => request.SetInput(0, tensor));
        OvStatus setOutput = StatusOf(() => request.SetOutput(0, tensor));
        OvStatus get = StatusOf(() => request.GetOutput(0).Dispose());
        OvStatus poll = request.TryWaitFor(TimeSpan.Zero);
        request.Cancel();
        OvStatus end = request.TryWait();

        OvStatus[] seen = [start, set, setOutput, get];
        await Assert.That(seen.Distinct()).IsEquivalentTo([OvStatus.RequestBusy], CollectionOrdering.Matching);
        await Assert.That(poll).IsEqualTo(OvStatus.ResultNotReady);
        await Assert.That(end).IsEqualTo(OvStatus.InferCancelled);
    }

    [Test]
    public async Task CancelledRequest_CallsBackAndRunsAgain()
    {
        using CompiledModel compiled = SlowModel.Compile();
        using InferRequest request = compiled.CreateInferRequest();
        using Completion completion = new();
        completion.Attach(request);

        request.Start();
        request.Cancel();
        await completion.Fired;
        OvStatus cancelled = request.TryWait();
        request.Start();
        OvStatus second = request.TryWait();

        await Assert.That(cancelled).IsEqualTo(OvStatus.InferCancelled);
        await Assert.That(second).IsEqualTo(OvStatus.Ok);
        await Assert.That(completion.Count).IsEqualTo(2);
    }

    [Test]
    public async Task Cancel_WithoutAnythingRunning_DoesNothing()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();

        request.Cancel();
        request.Infer();
        request.Cancel();
        request.Start();

        await Assert.That(request.TryWait()).IsEqualTo(OvStatus.Ok);
    }

    [Test]
    public async Task DisposingARunningRequest_BlocksUntilItHasEnded_AndDropsTheCallback()
    {
        using CompiledModel compiled = SlowModel.Compile();
        InferRequest request = compiled.CreateInferRequest();
        using Completion completion = new();
        completion.Attach(request);
        float[] identity = new float[SlowModel.Elements];
        for (int i = 0; i < SlowModel.Shape[0]; i++)
            identity[i * (SlowModel.Shape[1] + 1)] = 1;
        using Tensor input = Cpu.Filled<float>(ElementType.F32, SlowModel.Shape, identity);
        using Tensor output = Cpu.Filled<float>(ElementType.F32, SlowModel.Shape, new float[SlowModel.Elements]);
        request.SetInput(0, input);
        request.SetOutput(0, output);
        request.Start();
        float before = Cpu.Values<float>(output)[^1];

        request.Dispose();

        // The last multiplication writes the output, so what stands there now was written before Dispose returned.
        await Assert.That(before).IsEqualTo(0f);
        await Assert.That(Cpu.Values<float>(output)[^1]).IsEqualTo(1f);
        await Assert.That(completion.Count).IsEqualTo(0);
    }

    [Test]
    public async Task DisposingARequestThatIsCallingBack_WaitsForTheCallback()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        InferRequest request = compiled.CreateInferRequest();
        using Completion completion = new();
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim never = new();
        completion.OnCallback = () =>
        {
            entered.Set();
            never.Wait(TimeSpan.FromMilliseconds(100));
        };
        completion.Attach(request);
        request.Start();
        entered.Wait();

        request.Dispose();

        await Assert.That(completion.Count).IsEqualTo(1);
    }

    private static OvStatus StatusOf(Action call)
    {
        try
        {
            call();
            return OvStatus.Ok;
        }
        catch (OpenVinoException e)
        {
            return e.Status;
        }
    }

    private static unsafe void SetThenRedirect(InferRequest request, Completion first, Completion second, out IntPtr memory)
    {
        memory = Marshal.AllocHGlobal(sizeof(ov_callback_t));
        ov_callback_t* callback = (ov_callback_t*)memory;
        *callback = new ov_callback_t { callback_func = Completion.Function, args = first.Argument };
        OpenVino.ov_infer_request_set_callback(request.Handle, callback).Check();
        callback->args = second.Argument;
    }
}
