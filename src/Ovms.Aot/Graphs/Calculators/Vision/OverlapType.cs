namespace Ovms.Graphs.Calculators.Vision;

/// <summary>
/// What the common area of two boxes is divided by. Source: the original's NonMaxSuppressionCalculatorOptions.OverlapType.
/// </summary>
internal enum OverlapType
{
    /// <summary>Refused.</summary>
    UnspecifiedOverlapType = 0,

    /// <summary>The smallest box around both.</summary>
    Jaccard = 1,

    /// <summary>The area of the second box.</summary>
    ModifiedJaccard = 2,

    /// <summary>The area that either covers.</summary>
    IntersectionOverUnion = 3,
}
