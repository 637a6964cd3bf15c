namespace Ovms.Tests.Pipelines;

/// <summary>A tensor of the reference interpreter.</summary>
internal sealed record PartTensor(long[] Shape, float[] Values)
{
    /// <summary>Its parts along the first dimension, without that dimension.</summary>
    public PartTensor Part(int index)
    {
        int size = Values.Length / (int)Shape[0];
        return new PartTensor(Shape[1..], Values[(index * size)..((index + 1) * size)]);
    }

    /// <summary>Tensors of one shape as one, with dimensions in front; null if their shapes differ.</summary>
    public static PartTensor? Join(IReadOnlyList<PartTensor> parts, long[] counts) =>
        parts.All(part => part.Shape.SequenceEqual(parts[0].Shape))
            ? new PartTensor([.. counts, .. parts[0].Shape], [.. parts.SelectMany(static part => part.Values)])
            : null;

    /// <summary>Whether two are equal.</summary>
    public bool IsSame(PartTensor other) => Shape.SequenceEqual(other.Shape) && Values.SequenceEqual(other.Values);

    public override string ToString() => $"({string.Join(',', Shape)}) [{string.Join(' ', Values)}]";
}
