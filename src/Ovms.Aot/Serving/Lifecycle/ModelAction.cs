namespace Ovms.Serving.Lifecycle;

/// <summary>One action of a plan towards the desired state.</summary>
internal abstract record ModelAction(ServableId Id)
{
    /// <summary>Unloads a version that is served, or drops one that was only awaited or tried.</summary>
    public sealed record Unload(ServableId Id) : ModelAction(Id);
}

/// <summary>An action that loads a version.</summary>
/// <param name="Id">The version.</param>
/// <param name="Source">The source to load it from.</param>
/// <param name="IsTrial">Whether a failure is not yet an error, because the files may still be incomplete.</param>
internal abstract record LoadAction(ServableId Id, VersionSource Source, bool IsTrial) : ModelAction(Id)
{
    /// <summary>Loads a version that is not served.</summary>
    /// <inheritdoc cref="LoadAction"/>
    public sealed record Load(ServableId Id, VersionSource Source, bool IsTrial) : LoadAction(Id, Source, IsTrial);

    /// <summary>Loads a served version again from a newer source. The old servable is released when the new one serves.</summary>
    /// <inheritdoc cref="LoadAction"/>
    public sealed record Reload(ServableId Id, VersionSource Source, bool IsTrial) : LoadAction(Id, Source, IsTrial);

    /// <summary>Loads a served version again from the same source, because a device that it fell from may be well again.</summary>
    public sealed record Return(ServableId Id, VersionSource Source) : LoadAction(Id, Source, IsTrial: false);
}
