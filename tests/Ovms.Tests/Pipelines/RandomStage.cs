namespace Ovms.Tests.Pipelines;

/// <summary>What computes a node of a random pipeline.</summary>
internal enum RandomStageKind
{
    /// <summary>A custom node of the test.</summary>
    Custom,

    /// <summary>The model that adds 1.</summary>
    Increment,

    /// <summary>The model that adds two tensors.</summary>
    Sum,
}

/// <summary>A node of a random pipeline. A custom one is a pure function of its seed and its inputs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What computes it.</param>
/// <param name="Seed">Differs between nodes.</param>
internal sealed record RandomStage(string Name, RandomStageKind Kind, int Seed)
{
    /// <summary>Width of all tensors, but for those of ragged nodes.</summary>
    public const int Width = 10;

    /// <summary>Where its inputs come from: a stage, and an output of it.</summary>
    public (int Stage, int Output)[] Sources { get; init; } = [];

    /// <summary>Number of outputs.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>Number of parts; -1 = each call decides; null = not split.</summary>
    public int? Demultiply { get; init; }

    /// <summary>The stage whose parts it gathers; -1 = none.</summary>
    public int Gathers { get; init; } = -1;

    /// <summary>The demultiplexers whose parts lead to it, outermost first.</summary>
    public int[] Levels { get; init; } = [];

    /// <summary>Whether the width of its outputs depends on its inputs.</summary>
    public bool IsRagged { get; init; }

    /// <summary>Whether it fails or gives too many parts for some inputs.</summary>
    public bool IsFaulty { get; init; }

    /// <summary>What a custom node computes; null if it fails. The outputs differ by <see cref="Vary"/>.</summary>
    public PartTensor? Run(IEnumerable<PartTensor> inputs)
    {
        uint hash = (uint)Seed;
        foreach (PartTensor input in inputs)
        {
            hash = input.Shape.Aggregate(hash, static (sum, size) => (sum ^ (uint)size) * 16777619);
            hash = input.Values.Aggregate(hash, static (sum, value) => (sum ^ (uint)value) * 16777619);
            hash ^= hash >> 15;
        }

        if (IsFaulty && hash % 16 == 0)
        {
            return null;
        }

        int width = IsRagged ? Width + (int)((hash >> 7) & 1) : Width;
        int? count = Demultiply < 0 ? (int)((hash >> 9) % 5) : Demultiply + (IsFaulty && hash % 16 == 1 ? 1 : 0);
        long[] shape = count is { } parts ? [parts, 1, width] : [1, width];
        return new PartTensor(shape, [.. Enumerable.Range(0, (count ?? 1) * width).Select(i => (float)((hash * ((2 * (uint)i) + 3)) >> 24))]);
    }

    /// <summary>The values of one output.</summary>
    public static float[] Vary(int output, float[] values) => [.. values.Select(value => value + (256 * output))];
}
