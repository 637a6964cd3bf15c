namespace Ovms.Graphs.Calculators.Flow;

/// <summary>What the header of the output says.</summary>
internal enum ResamplerHeader
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>That of the input.</summary>
    PassHeader = 1,

    /// <summary>That of the input with the new rate.</summary>
    UpdateVideoHeader = 2,
}
