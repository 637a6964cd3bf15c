using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// One constant; one of the fields is given. Source: the original's ConstantSidePacketCalculatorOptions.ConstantSidePacket.
/// </summary>
[GraphMessage("mediapipe.ConstantSidePacketCalculatorOptions.ConstantSidePacket")]
internal sealed partial record ConstantValue
{
    /// <summary>An int.</summary>
    [GraphField(1)]
    public int? IntValue { get; init; }

    /// <summary>A float.</summary>
    [GraphField(2)]
    public float? FloatValue { get; init; }

    /// <summary>A bool.</summary>
    [GraphField(9)]
    public bool? BoolValue { get; init; }

    /// <summary>A string.</summary>
    [GraphField(4)]
    public string? StringValue { get; init; }

    /// <summary>A uint64.</summary>
    [GraphField(5)]
    public ulong? Uint64Value { get; init; }

    /// <summary>An int64.</summary>
    [GraphField(11)]
    public long? Int64Value { get; init; }

    /// <summary>A double.</summary>
    [GraphField(3)]
    public double? DoubleValue { get; init; }

    /// <summary>A vector of strings.</summary>
    [GraphField(13)]
    public ConstantTexts? StringVectorValue { get; init; }
}
