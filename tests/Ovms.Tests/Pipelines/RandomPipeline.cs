using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Libraries;

namespace Ovms.Tests.Pipelines;

/// <summary>
/// A random pipeline that is right: custom nodes, models, demultiplexers of fixed and dynamic count around each other, nodes that gather,
/// a request that is split. Its nodes are in order; the first stands for the request.
/// </summary>
internal sealed class RandomPipeline
{
    private const int MostSessions = 27;
    private readonly bool _hasFixedCounts;
    private bool _mayHaveDynamicCount;

    public RandomPipeline(Random random)
    {
        int counts = random.Next(5);
        (_hasFixedCounts, _mayHaveDynamicCount) = (counts < 2, counts is 2 or 3);
        int? requestCount = random.Next(4) > 0 ? null : _hasFixedCounts ? random.Next(1, 4) : _mayHaveDynamicCount ? -1 : null;
        _mayHaveDynamicCount &= requestCount is null;
        EmptyResult = random.Next(2) == 0;
        Stages.Add(new RandomStage(PipelineConfig.Request, RandomStageKind.Custom, 0) { Outputs = random.Next(1, 3), Demultiply = requestCount });
        for (int i = random.Next(1, 9); i > 0; i--)
        {
            Add(random);
        }

        HashSet<(int Stage, int Output)> outputs = [];
        for (int i = Stages.Count - 1; i > 0; i--)
        {
            bool isUsed = Stages.Any(stage => stage.Sources.Any(source => source.Stage == i));
            if (!isUsed || random.Next(4) == 0)
            {
                outputs.Add((i, random.Next(Stages[i].Outputs)));
            }
        }

        // An item of the request may go straight into the response, also one that no node takes.
        if (random.Next(4) == 0)
        {
            outputs.Add((0, random.Next(Stages[0].Outputs)));
        }

        Outputs = [.. outputs];
    }

    public List<RandomStage> Stages { get; } = [];

    /// <summary>What the response takes: a stage, and an output of it.</summary>
    public (int Stage, int Output)[] Outputs { get; }

    public bool EmptyResult { get; }

    /// <summary>The demultiplexers whose parts a stage gives, outermost first.</summary>
    public int[] Behind(int stage) => Stages[stage].Demultiply is null ? Stages[stage].Levels : [.. Stages[stage].Levels, stage];

    /// <summary>The inputs of the request that any node or the response takes.</summary>
    public int[] Inputs =>
    [
        .. Enumerable.Range(0, Stages[0].Outputs)
            .Where(input => Outputs.Contains((0, input)) || Stages.Any(stage => stage.Sources.Contains((0, input)))),
    ];

    /// <summary>The pipeline as a configuration has it.</summary>
    public PipelineConfig ToConfig() => new()
    {
        Name = "p",
        Fingerprint = "",
        Inputs = [.. Inputs.Select(static input => $"x{input}")],
        DemultiplyCount = Stages[0].Demultiply,
        EmptyResult = EmptyResult,
        Nodes = [.. Stages.Skip(1).Select(NodeOf)],
        Outputs = [.. Outputs.Select((output, i) => ItemOf($"y{i}", output))],
    };

    /// <summary>What a node takes and gives.</summary>
    public static NodeSignature SignatureOf(RandomStage stage)
    {
        IEnumerable<NodePort> inputs = Names(stage).Select(name => new NodePort(name, ElementType.F32, ShapeOf(
            stage.Kind == RandomStageKind.Custom, stage.Gathers >= 0 ? -1 : null)));
        string[] outputs = OutputNames(stage);
        return new NodeSignature(
            [.. inputs], [.. outputs.Select(name => new NodePort(name, ElementType.F32, ShapeOf(stage.IsRagged, stage.Demultiply is null ? null : -1)))]);
    }

    /// <summary>Names of the outputs of a node, as its library or model has them.</summary>
    public static string[] OutputNames(RandomStage stage) => stage.Kind switch
    {
        RandomStageKind.Increment => ["a"],
        RandomStageKind.Sum => ["sum"],
        _ => [.. Enumerable.Range(0, stage.Outputs).Select(static i => $"o{i}")],
    };

    /// <summary>The pipeline for a failure's message.</summary>
    public override string ToString() => string.Join(
        '\n',
        Stages.Select(static stage =>
            $"{stage.Name} {stage.Kind} from {string.Join(' ', stage.Sources)} levels [{string.Join(',', stage.Levels)}] "
                + $"demultiply {stage.Demultiply} gathers {stage.Gathers}{(stage.IsRagged ? " ragged" : "")}{(stage.IsFaulty ? " faulty" : "")}")
            .Append($"response from {string.Join(' ', Outputs)}; empty result: {EmptyResult}"));

    private static PartialShape ShapeOf(bool isAnyWidth, int? count)
    {
        Dimension width = isAnyWidth ? Dimension.Dynamic : Dimension.Of(RandomStage.Width);
        return count is null ? new PartialShape(Dimension.Of(1), width) : new PartialShape(Dimension.Dynamic, Dimension.Of(1), width);
    }

    private static string[] Names(RandomStage stage) => stage.Kind switch
    {
        RandomStageKind.Increment => ["b"],
        RandomStageKind.Sum => ["b", "c"],
        _ => [.. stage.Sources.Select(static (_, i) => $"i{i}")],
    };

    private PipelineNode NodeOf(RandomStage stage)
    {
        // The order in which outputs and inputs are written has no meaning.
        IEnumerable<PipelineAlias> outputs = OutputNames(stage).Select(static (name, i) => new PipelineAlias(name, $"a{i}"));
        IEnumerable<PipelineItem> inputs = Names(stage).Zip(stage.Sources, ItemOf);
        bool isReversed = stage.Seed % 2 == 0;
        return new PipelineNode
        {
            Name = stage.Name,
            Model = stage.Kind switch { RandomStageKind.Increment => "dummy", RandomStageKind.Sum => "summator", _ => "" },
            Library = stage.Kind == RandomStageKind.Custom ? "fake" : "",
            Inputs = [.. isReversed ? inputs.Reverse() : inputs],
            Outputs = [.. isReversed ? outputs.Reverse() : outputs],
            DemultiplyCount = stage.Demultiply,
            GatherFrom = stage.Gathers < 0 ? "" : Stages[stage.Gathers].Name,
        };
    }

    private PipelineItem ItemOf(string name, (int Stage, int Output) source) =>
        new(name, Stages[source.Stage].Name, source.Stage == 0 ? $"x{source.Output}" : $"a{source.Output}");

    private void Add(Random random)
    {
        int first = random.Next(Stages.Count);
        int[] behind = Behind(first);
        int[] like = [.. Enumerable.Range(0, Stages.Count).Where(stage => Behind(stage).SequenceEqual(behind))];
        bool gathers = behind.Length > 0 && behind[^1] != 0 && random.Next(2) == 0;
        RandomStageKind kind = gathers ? RandomStageKind.Custom : (RandomStageKind)Math.Max(0, random.Next(5) - 2);
        int inputs = kind switch { RandomStageKind.Increment => 1, RandomStageKind.Sum => 2, _ => random.Next(1, 4) };
        (int Stage, int Output)[] sources = [.. Enumerable.Range(0, inputs).Select(i => Any(i == 0 ? first : like[random.Next(like.Length)]))];
        int[] levels = gathers ? behind[..^1] : behind;
        bool isCustom = kind == RandomStageKind.Custom;
        Stages.Add(new RandomStage($"n{Stages.Count}", kind, random.Next())
        {
            Sources = sources,
            Outputs = isCustom ? random.Next(1, 3) : 1,
            Levels = levels,
            Gathers = gathers ? behind[^1] : -1,
            Demultiply = isCustom && random.Next(5) < 2 ? CountUnder(levels, random) : null,
            IsRagged = isCustom && random.Next(12) == 0,
            IsFaulty = isCustom && random.Next(8) == 0,
        });

        (int Stage, int Output) Any(int stage) => (stage, random.Next(Stages[stage].Outputs));
    }

    private int? CountUnder(int[] levels, Random random)
    {
        if (_mayHaveDynamicCount)
        {
            _mayHaveDynamicCount = false;
            return -1;
        }

        int most = _hasFixedCounts ? MostSessions / levels.Aggregate(1, (product, level) => product * Stages[level].Demultiply!.Value) : 0;
        return most > 0 ? random.Next(1, Math.Min(most, 3) + 1) : null;
    }
}
