namespace Ovms.Options;

/// <summary>Whether a model's arrangement follows its load.</summary>
internal enum AdaptiveRule
{
    /// <summary>A second form for many calls is compiled when calls wait.</summary>
    On,

    /// <summary>A model stays as it was compiled first.</summary>
    Off,
}
