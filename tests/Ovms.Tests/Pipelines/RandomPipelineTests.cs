using System.Diagnostics;
using System.Runtime.InteropServices;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Execution;
using Ovms.Pipelines.Tensors;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Frontends.Grpc;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Pipelines;

/// <summary>
/// Random pipelines, several calls of each at the same time, give what the reference gives, and give back all memory. For longer:
/// OVMS_RANDOM_PIPELINE_SECONDS=600; to repeat one failure: OVMS_RANDOM_PIPELINE_SEED with the seed of its message.
/// </summary>
[NotInParallel]
public sealed class RandomPipelineTests
{
    private const int Calls = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private int _ended;
    private int _failed;

    [Test]
    public async Task AnyInterleaving_GivesTheOutputsOfTheReference()
    {
        int seconds = int.Parse(Environment.GetEnvironmentVariable("OVMS_RANDOM_PIPELINE_SECONDS") ?? "3");
        bool one = int.TryParse(Environment.GetEnvironmentVariable("OVMS_RANDOM_PIPELINE_SEED"), out int given);
        int first = one ? given : Environment.TickCount & 0xFFFFFF;
        Console.WriteLine($"random pipelines from seed {first}");
        ServableRegistry registry = new(new Drain());
        Servable[] models = [ServedModel.Load("dummy"), ServedModel.Load("summator")];
        registry.Publish(ServedModel.Table(models));
        ModelCalls calls = TestCalls.Of(registry);
        Stopwatch watch = Stopwatch.StartNew();
        int seed = first;
        do
        {
            string? fault = await CheckAsync(calls, seed) ?? (models.Any(static model => model.InUse > 0) ? "an infer request did not come back" : null);
            if (fault is not null)
            {
                throw new InvalidOperationException($"seed {seed}: {fault}\n{new RandomPipeline(new Random(seed))}");
            }

            seed++;
        }
        while (watch.Elapsed.TotalSeconds < seconds && !one);

        Console.WriteLine($"{seed - first} pipelines; {_ended} calls, {_failed} of which fail as they must");
        foreach (Servable model in models)
        {
            model.Retire();
            await model.Drained;
        }
    }

    private async Task<string?> CheckAsync(ModelCalls calls, int seed)
    {
        Random random = new(seed);
        RandomPipeline pipeline = new(random);
        Dictionary<string, RandomStage> stages = pipeline.Stages.ToDictionary(static stage => stage.Name);
        Outcome<PipelinePlan> plan = PipelineCompiler.Compile(pipeline.ToConfig(), node => RandomPipeline.SignatureOf(stages[node.Name]));
        if (!plan.IsOk)
        {
            return $"it is refused: {plan.Text}";
        }

        using PipelineComposition composition = new(
            plan.Value,
            calls,
            [.. plan.Value.Nodes.Select(node => node.Written is { IsCustom: true } ? NodeOf(stages[node.Name]) : null)],
            [.. plan.Value.Nodes.Select(_ => random.Next(1, 4))]);
        Task<string?>[] running = [.. Enumerable.Range(0, Calls).Select(_ => new Random(random.Next())).Select(own => Task.Run(() => CallAsync(pipeline, composition, own)))];
        string?[] faults = await Task.WhenAll(running).WaitAsync(s_patience);
        return faults.FirstOrDefault(static fault => fault is not null)
            ?? (SpinWait.SpinUntil(static () => FakeNode.Live == 0, s_patience) ? null : $"{FakeNode.Live} tensors are not freed");
    }

    private async Task<string?> CallAsync(RandomPipeline pipeline, PipelineComposition composition, Random random)
    {
        int? count = pipeline.Stages[0].Demultiply is { } split ? split < 0 ? random.Next(4) : split : null;
        long[] shape = count is { } parts ? [parts, 1, RandomStage.Width] : [1, RandomStage.Width];
        PartTensor[] request = [.. Enumerable.Range(0, pipeline.Stages[0].Outputs).Select(_ => new PartTensor(
            shape, [.. Enumerable.Range(0, (count ?? 1) * RandomStage.Width).Select(_ => (float)random.Next(256))]))];
        ReferencePipeline reference = new(pipeline);
        PartTensor[] right = reference.Run(request);
        using CancellationTokenSource caller = new();
        using InferMessage message = Requests.Message([.. pipeline.Inputs.Select(input => Requests.Raw(
            $"x{input}", "FP32", shape, MemoryMarshal.AsBytes<float>(request[input].Values).ToArray()))]);
        Task<ComposedRun> running = composition.RunAsync(message, caller.Token);
        bool leaves = random.Next(10) == 0;
        if (leaves)
        {
            Thread.SpinWait(random.Next(20_000));
            await caller.CancelAsync();
        }

        ComposedRun run = await running;
        await (run.Unfinished ?? Task.CompletedTask);
        Interlocked.Increment(ref _ended);
        if (!run.Result.IsOk)
        {
            Interlocked.Increment(ref _failed);
            bool isRight = (leaves && run.Result.Code == StatusCode.Cancelled)
                || reference.Faults.Any(fault => fault.Code == run.Result.Code && run.Result.Text.Contains($"Pipeline p, {fault.Place}: "));
            return isRight ? null : $"it ended with \"{run.Result.Text}\"; the reference has {Listed(reference.Faults)}";
        }

        PartTensor[] seen = [.. run.Outputs.Select(static output => new PartTensor(
            output.Shape.ToArray(), MemoryMarshal.Cast<byte, float>(output.Bytes).ToArray()))];
        Array.ForEach(run.Outputs, static output => output.Dispose());
        run.Memory!.Dispose();
        if (reference.Faults.Count > 0)
        {
            return $"it did not fail; the reference has {Listed(reference.Faults)}";
        }

        int wrong = Enumerable.Range(0, right.Length).FirstOrDefault(i => !right[i].IsSame(seen[i]), -1);
        return wrong < 0 ? null : $"y{wrong} is {seen[wrong]}; expected {right[wrong]}";
    }

    private static string Listed(IEnumerable<(string Place, StatusCode Code)> faults) => string.Join("; ", faults.DefaultIfEmpty(("no fault", StatusCode.Ok)));

    private static FakeNode NodeOf(RandomStage stage)
    {
        NodeSignature signature = RandomPipeline.SignatureOf(stage);
        return new FakeNode(new NodeSignatureText(signature.Inputs, signature.Outputs), inputs => Compute(stage, inputs))
        {
            PerOutput = (name, values) => RandomStage.Vary(int.Parse(name[1..]), values),
        };
    }

    private static (long[] Shape, float[] Values) Compute(RandomStage stage, NodeTensor[] inputs)
    {
        switch (Random.Shared.Next(6))
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.SpinWait(Random.Shared.Next(5_000));
                break;
            default:
                break;
        }

        PartTensor? computed = stage.Run(inputs.Select(static input => new PartTensor(input.Shape, input.As<float>().ToArray())));
        return computed is null
            ? throw new OvmsException(StatusCode.NodeLibraryExecutionFailed, "as planned")
            : (computed.Shape, computed.Values);
    }
}
