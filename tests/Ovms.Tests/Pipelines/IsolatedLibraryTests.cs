using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Native;
using Ovms.Pipelines.Isolation;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Pipelines;

/// <summary>Libraries in processes of their own: the same rules, and what a crash or a hang ends.</summary>
[NotInParallel]
public sealed class IsolatedLibraryTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Before(Test)]
    public void RequireCompiler()
    {
        CompiledNode.Require();
        if (!OperatingSystem.IsLinux())
        {
            Skip.Test("libraries have processes of their own on Linux only");
        }
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task BothInterfaces_Compute(bool isOld)
    {
        using CompiledNode node = new("misbehave", isOld ? ["OLD"] : []);
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, "");
        await Assert.That(instance.GetInputs().Value!.Single()).IsEqualTo(new NodePort("in", ElementType.F32, new PartialShape(Dimension.Dynamic, Dimension.Of(3))));
        await Assert.That(instance.GetOutputs().Value!.Single().Name).IsEqualTo("out");
        await Assert.That(Compute(instance, 1, 2, 3)).IsEqualTo("2 4 6");
        await Assert.That(Compute(instance, [.. Enumerable.Range(0, 3 << 20).Select(static i => i % 100f)])).IsEqualTo("50 52 54");
        await EndAsync(library, instance);
    }

    [Test]
    [MethodDataSource(typeof(NodeFaults), nameof(NodeFaults.OfCalls))]
    public async Task FaultOfACall_IsNamed(string fault, string text, object code)
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, fault);
        Outcome<NodeTensor[]> outputs = Execute(instance, 1, 2, 3);
        await Assert.That(outputs.Code).IsEqualTo((StatusCode)code);
        await Assert.That(outputs.Detail!).Contains(text);
        await EndAsync(library, instance);
    }

    [Test]
    [MethodDataSource(typeof(NodeFaults), nameof(NodeFaults.OfCounts))]
    public async Task WrongNumberOfOutputs_IsNamed(string fault, string text)
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, fault);
        await Assert.That(Execute(instance, 1, 2, 3).Detail!).Contains(text);
        await EndAsync(library, instance);
    }

    [Test]
    [MethodDataSource(typeof(NodeFaults), nameof(NodeFaults.OfDescriptions))]
    public async Task FaultOfADescription_IsNamed(string fault, string text)
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, fault);
        await Assert.That(instance.GetInputs().Code).IsEqualTo(StatusCode.NodeLibraryMetadataFailed);
        await Assert.That(instance.GetInputs().Detail!).Contains(text);
        await EndAsync(library, instance);
    }

    [Test]
    public async Task WhatCannotBeLoaded_IsNamed_AndLeavesNoProcess()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["libtext.so"], "no library");
        IsolatedLibrary library = new("lib", folder["libtext.so"], 8, Program, NullLogger.Instance);
        await Assert.That(library.Open([]).Code).IsEqualTo(StatusCode.NodeLibraryOpenFailed);
        await library.Ending.WaitAsync(s_patience);
        using CompiledNode other = new("nothing");
        library = Library(other);
        await Assert.That(library.Open([]).Text).Contains("does not export execute, getInputsInfo, getOutputsInfo, release");
        await library.Ending.WaitAsync(s_patience);
        using CompiledNode node = new("misbehave");
        library = Library(node);
        Outcome<NodeInstance> failed = library.Open([KeyValuePair.Create("fault", "initialize")]);
        await Assert.That(failed.Text).IsEqualTo("Failure during custom node library initialization - initialize of the library lib returned 5.");
        await library.Ending.WaitAsync(s_patience);
    }

    [Test]
    [Arguments("abort", "the library lib ended with signal 6 (SIGABRT); it said last: about to abort")]
    [Arguments("segfault", "the library lib ended with signal 11 (SIGSEGV); it said last: about to segfault")]
    [Arguments("exit", "the library lib ended with exit code 0; it said last: about to exit")]
    [Arguments("close", "the library lib was ended: it has closed its channel")]
    public async Task Crash_EndsTheCall_AndTheLibraryComesBack(string fault, string text)
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, fault);
        NodeInstance other = Open(library, "process");
        string first = Compute(other, 1, 2, 3);
        using SemaphoreSlim changed = new(0);
        library.Changed += () => changed.Release();
        Outcome<NodeTensor[]> crashed = Execute(instance, -1, 2, 3);
        await Assert.That(crashed.Code).IsEqualTo(StatusCode.NodeLibraryExecutionFailed);
        await Assert.That(crashed.Detail!).StartsWith(text);

        // The call is told before the library falls.
        await Assert.That(await changed.WaitAsync(s_patience)).IsTrue();
        await ReadyAsync(library, changed);

        // Both instances are there again, in another process.
        await Assert.That(Compute(instance, 1, 2, 3)).IsEqualTo("2 4 6");
        await Assert.That(Compute(other, 1, 2, 3)).IsNotEqualTo(first);
        instance.Release();
        await EndAsync(library, other);
    }

    [Test]
    public async Task Crash_EndsAllCallsInTheProcess_AndCallsMeanwhileAreRefused()
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance waits = Open(library, "wait");
        NodeInstance crashes = Open(library, "abort");
        using SemaphoreSlim changed = new(0);
        library.Changed += () => changed.Release();
        Task<Outcome<NodeTensor[]>>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => Execute(waits, -1, 2, 3)))];
        while (library.HangRule.Inside < waiting.Length)
        {
            await Task.Delay(5);
        }

        await Assert.That(Execute(crashes, -1, 2, 3).Detail!).Contains("signal 6");
        foreach (Task<Outcome<NodeTensor[]>> call in waiting)
        {
            await Assert.That((await call.WaitAsync(s_patience)).Detail!).StartsWith("the library lib ended with signal 6 (SIGABRT)");
        }

        // The end is told before the next process is started.
        await changed.WaitAsync(s_patience);
        Outcome refusal = library.Check();
        await Assert.That(refusal.Code).IsEqualTo(StatusCode.NodeLibraryDown);
        await Assert.That(refusal.Detail!).StartsWith("The library lib ended with signal 6 (SIGABRT)").And.EndsWith("It is started again after 0.1 s");
        await ReadyAsync(library, changed);
        waits.Release();
        await EndAsync(library, crashes);
    }

    [Test]
    public async Task Hangs_AtTheLimit_EndTheProcess()
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node, hangLimit: 2);
        NodeInstance instance = Open(library, "wait");
        Task<Outcome<NodeTensor[]>>[] calls = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => Execute(instance, -1, 2, 3)))];
        library.Hangs.Add();
        await Assert.That(calls.Any(static call => call.IsCompleted)).IsFalse();
        library.Hangs.Add();
        foreach (Task<Outcome<NodeTensor[]>> call in calls)
        {
            await Assert.That((await call.WaitAsync(s_patience)).Detail!).Contains("was ended: 2 calls had not returned after their callers gave up");
        }

        library.Hangs.Remove();
        library.Hangs.Remove();
        await EndAsync(library, instance);
    }

    [Test]
    public async Task Hang_OfTheOnlyCall_EndsTheProcessAfterAWhile()
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, "wait");
        Task<Outcome<NodeTensor[]>> call = Task.Run(() => Execute(instance, -1, 2, 3));
        while (library.HangRule.Inside < 1)
        {
            await Task.Delay(5);
        }

        long begun = Stopwatch.GetTimestamp();
        library.Hangs.Add();
        await Assert.That((await call.WaitAsync(s_patience)).Detail!).Contains("was ended: 1 calls had not returned 5 s after");
        await Assert.That(Stopwatch.GetElapsedTime(begun)).IsGreaterThan(HangRule.Patience - TimeSpan.FromSeconds(0.1));
        library.Hangs.Remove();
        await EndAsync(library, instance);
    }

    [Test]
    public async Task InitializeThatHangs_EndsTheProcess()
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = new("lib", node.Path, 8, Program, NullLogger.Instance) { Patience = TimeSpan.FromSeconds(2) };
        Outcome<NodeInstance> opened = library.Open([KeyValuePair.Create("fault", "hang in initialize")]);
        await Assert.That(opened.Code).IsEqualTo(StatusCode.NodeLibraryInitializeFailed);
        await Assert.That(opened.Detail!).Contains("was ended: initialize had not returned after 2 s");
        await library.Ending.WaitAsync(s_patience);
    }

    [Test]
    public async Task WhatALibraryPrints_DoesNotReachTheChannel()
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, "print");
        await Assert.That(Compute(instance, 1, 2, 3)).IsEqualTo("2 4 6");
        await EndAsync(library, instance);
    }

    [Test]
    public async Task ManyCallsAtOnce_EachGetItsOwnAnswer()
    {
        using CompiledNode node = new("misbehave");
        IsolatedLibrary library = Library(node);
        NodeInstance instance = Open(library, "");
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            await Assert.That(Compute(instance, i, i, i)).IsEqualTo($"{2 * i} {2 * i} {2 * i}"));
        await EndAsync(library, instance);
    }

    // This program, as the tests have it beside them.
    private static string[] Program => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "ovms.dll")]
        : [Path.Combine(AppContext.BaseDirectory, "ovms")];

    private static IsolatedLibrary Library(CompiledNode node, int hangLimit = 8) =>
        new("lib", node.Path, hangLimit, Program, NullLogger.Instance);

    private static NodeInstance Open(NodeLibrary library, string fault)
    {
        Outcome<NodeInstance> opened = library.Open(fault.Length == 0 ? [] : [KeyValuePair.Create("fault", fault)]);
        return opened.IsOk ? opened.Value : throw new InvalidOperationException(opened.Text);
    }

    private static async Task ReadyAsync(IsolatedLibrary library, SemaphoreSlim changed)
    {
        while (!library.Check().IsOk || !library.TryGetChild(out _, out _))
        {
            await Assert.That(await changed.WaitAsync(s_patience)).IsTrue();
        }
    }

    private static async Task EndAsync(IsolatedLibrary library, NodeInstance last)
    {
        last.Release();
        await library.Ending.WaitAsync(s_patience);
        await Assert.That(library.IsIdle).IsTrue();
    }

    private static string Compute(NodeInstance instance, params float[] values)
    {
        Outcome<NodeTensor[]> outputs = Execute(instance, values);
        if (!outputs.IsOk)
        {
            return outputs.Text;
        }

        string text = string.Join(' ', outputs.Value.Single().As<float>().ToArray()[^3..]);
        outputs.Value[0].Memory!.Release();
        return text;
    }

    private static Outcome<NodeTensor[]> Execute(NodeInstance instance, params float[] values)
    {
        NodeTensor input = NodeTensor.Allocate(ElementType.F32, values.Length / 3, 3);
        values.CopyTo(input.Fill<float>());
        try
        {
            return instance.Execute([new NamedTensor("in", input)], ["out"], CancellationToken.None);
        }
        finally
        {
            input.Memory!.Release();
        }
    }
}
