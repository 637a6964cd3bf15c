namespace Ovms.Serving.Lifecycle;

/// <summary>One step towards what is desired.</summary>
internal abstract record ModelAction(ServableId Id)
{
    /// <summary>Makes a version that is not served.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Source">What from.</param>
    /// <param name="IsTrial">Whether a failure may mean that the files are not complete yet, and is not an error so far.</param>
    public sealed record Load(ServableId Id, VersionSource Source, bool IsTrial) : ModelAction(Id);

    /// <summary>Makes a version anew that is served, and lets the old one go when the new one serves.</summary>
    /// <inheritdoc cref="Load"/>
    public sealed record Reload(ServableId Id, VersionSource Source, bool IsTrial) : ModelAction(Id);

    /// <summary>Lets a version go: one that is served, or one that was only waited for or tried.</summary>
    public sealed record Unload(ServableId Id) : ModelAction(Id);
}
