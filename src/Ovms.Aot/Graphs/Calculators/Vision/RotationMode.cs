namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Rotation of an image, counter-clockwise. Source of names and numbers: the original's RotationMode.</summary>
internal enum RotationMode
{
    /// <summary>Not given: none.</summary>
    Unknown = 0,

    /// <summary>None.</summary>
    Rotation0 = 1,

    /// <summary>By 90 degrees.</summary>
    Rotation90 = 2,

    /// <summary>By 180 degrees.</summary>
    Rotation180 = 3,

    /// <summary>By 270 degrees.</summary>
    Rotation270 = 4,
}
