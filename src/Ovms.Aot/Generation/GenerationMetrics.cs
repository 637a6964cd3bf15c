using Ovms.Generation.Scheduling;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;

namespace Ovms.Generation;

/// <summary>Connects the metrics of language models with what their engines count.</summary>
internal static class GenerationMetrics
{
    /// <summary>Registers the families.</summary>
    public static void AddTo(ServerMetrics metrics, ServableRegistry registry)
    {
        Add(MetricFamilies.GenerationRequests, static (model, sink, own) =>
        {
            sink.Add(own.LabelsWith("state", "running"), (long)model.Engine.Counts.Now.Running);
            sink.Add(own.LabelsWith("state", "waiting"), (long)model.Engine.Counts.Now.Waiting);
        });
        Add(MetricFamilies.GenerationStepTime, static (model, sink, own) =>
        {
            sink.Add(own.LabelsWith("kind", "prompt"), model.Engine.Counts.PromptStepTime);
            sink.Add(own.LabelsWith("kind", "decode"), model.Engine.Counts.DecodeStepTime);
            sink.Add(own.LabelsWith("kind", "mixed"), model.Engine.Counts.MixedStepTime);
        });
        Add(MetricFamilies.GenerationKvBlocks, static (model, sink, own) =>
        {
            EngineSnapshot now = model.Engine.Counts.Now;
            sink.Add(own.LabelsWith("state", "used"), (long)now.OwnedBlocks);
            sink.Add(own.LabelsWith("state", "cached"), (long)now.KeptBlocks);
            sink.Add(own.LabelsWith("state", "free"), (long)now.FreeBlocks);
        });
        Time(MetricFamilies.GenerationQueueTime, static model => model.Engine.Counts.QueueTime);
        Time(MetricFamilies.GenerationFirstToken, static model => model.Engine.Counts.FirstTokenTime);
        Time(MetricFamilies.GenerationInterToken, static model => model.Engine.Counts.InterTokenTime);
        Time(MetricFamilies.GenerationTemplateTime, static model => model.TemplateTime);
        Count(MetricFamilies.GenerationPromptTokens, static model => model.Engine.Counts.PromptTokens);
        Count(MetricFamilies.GenerationCompletionTokens, static model => model.Engine.Counts.GeneratedTokens);
        Count(MetricFamilies.GenerationCachedTokens, static model => model.Engine.Counts.CachedTokens);
        Count(MetricFamilies.GenerationBatchTokens, static model => model.Engine.Counts.Now.StepTokens);
        Count(MetricFamilies.GenerationBatchSequences, static model => model.Engine.Counts.Now.StepSequences);
        Count(MetricFamilies.GenerationPreemptions, static model => model.Engine.Counts.Preemptions);
        Count(MetricFamilies.GenerationCancelled, static model => model.Engine.Counts.CancelledCalls);
        Count(MetricFamilies.GenerationFailedSteps, static model => model.Engine.Counts.FailedSteps);
        Count(MetricFamilies.GenerationRestarts, static model => model.Engine.Counts.Restarts);

        void Time(MetricFamily family, Func<LanguageModel, TimeHistogram> read) =>
            Add(family, (model, sink, own) => sink.Add(own.Labels, read(model)));

        void Count(MetricFamily family, Func<LanguageModel, long> read) =>
            Add(family, (model, sink, own) => sink.Add(own.Labels, read(model)));

        void Add(MetricFamily family, Action<LanguageModel, MetricSink, ServableMetrics> write) => metrics.Add(family, sink =>
            TableMetrics.ForEach(metrics.Models, registry.Current, (own, entry) =>
            {
                if (entry.Servable?.Language is LanguageModel model)
                {
                    write(model, sink, own);
                }
            }));
    }
}
