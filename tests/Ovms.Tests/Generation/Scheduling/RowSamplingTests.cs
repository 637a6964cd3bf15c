using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Language.Sampling;
using Ovms.Status;

namespace Ovms.Tests.Generation.Scheduling;

public sealed class RowSamplingTests
{
    // Rows of one token each step, with helpers or without: each sequence gets the tokens that its sampler chooses alone.
    [Test]
    [Arguments(1, 300)]
    [Arguments(16, 300)]
    [Arguments(16, 40_000)]
    [Arguments(5, 70_000)]
    public async Task Rows_AreChosenAsIfAlone(int rows, int vocabulary)
    {
        using Rows model = new(rows, vocabulary);
        RowSampling sampling = new(model);
        GenerationRequest request = new() { PromptIds = [1], SamplingRules = new SamplingRules { Temperature = 1, TopP = 0.9f, Seed = 3 }, MaxTokens = 100 };
        LiveCall call = new(new GenerationCall(request, static () => { }), 0, long.MaxValue);
        Sequence[] sequences = [.. Enumerable.Range(0, rows).Select(answer => new Sequence(call, answer, null, null))];
        Sampler[] alone = [.. Enumerable.Range(0, rows).Select(answer => new Sampler(request.SamplingRules, answer, request.PromptIds))];
        for (int step = 0; step < 20; step++)
        {
            model.Step = step;
            sampling.Clear();
            for (int i = 0; i < rows; i++)
            {
                sampling.Add(sequences[i], i);
            }

            sampling.Run();
            int[] chosen = [.. sampling.Rows.ToArray().Select(static item => item.Choice.Id)];
            await Assert.That(chosen.SequenceEqual(alone.Select((sampler, row) => sampler.Next(model.Logits(row)).Id))).IsTrue();
        }
    }

    [Test]
    public async Task FaultOfAHelper_IsThrownToTheEngine()
    {
        using Rows model = new(16, 40_000) { FailingRow = 11 };
        RowSampling sampling = new(model);
        GenerationRequest request = new() { PromptIds = [1], SamplingRules = new SamplingRules(), MaxTokens = 100 };
        LiveCall call = new(new GenerationCall(request, static () => { }), 0, long.MaxValue);
        for (int i = 0; i < 16; i++)
        {
            sampling.Add(new Sequence(call, i, null, null), i);
        }

        await Assert.That(sampling.Run).Throws<InvalidOperationException>();
        model.FailingRow = -1;
        sampling.Run();
        await Assert.That(sampling.Rows.ToArray().All(static item => item.Choice.Fault == RowFault.None)).IsTrue();
    }

    private sealed class Rows(int rows, int vocabulary) : IStepRunner
    {
        public int Step { get; set; }

        public int FailingRow { get; set; } = -1;

        public StepCapacity Capacity => new(32, 1, 0, rows, vocabulary);

        public Outcome Run(ReadOnlySpan<StepEntry> entries) => Outcome.Ok;

        public Span<float> Logits(int row)
        {
            if (row == FailingRow)
            {
                throw new InvalidOperationException("made to fail");
            }

            Random random = new((Step * 1000) + row);
            float[] logits = new float[vocabulary];
            for (int i = 0; i < logits.Length; i++)
            {
                logits[i] = random.NextSingle() * 8;
            }

            return logits;
        }

        public void Forget(int slot)
        {
        }

        public Outcome Restart() => Outcome.Ok;

        public void Dispose()
        {
        }
    }
}
