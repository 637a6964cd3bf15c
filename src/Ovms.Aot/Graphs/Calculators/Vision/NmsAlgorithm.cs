namespace Ovms.Graphs.Calculators.Vision;

/// <summary>What becomes of suppressed boxes. Source: the original's NonMaxSuppressionCalculatorOptions.NmsAlgorithm.</summary>
internal enum NmsAlgorithm
{
    /// <summary>They are dropped.</summary>
    Default = 0,

    /// <summary>They change the box that is kept, by their scores.</summary>
    Weighted = 1,
}
