namespace Ovms.Configuration.Graphs;

/// <summary>The fields of a message, in the order written. A field may occur several times.</summary>
/// <param name="Fields">The fields.</param>
internal sealed record ProtoMessage(IReadOnlyList<ProtoField> Fields)
{
    /// <summary>All fields of a name.</summary>
    public IEnumerable<ProtoField> All(string name) => Fields.Where(field => field.Name == name);

    /// <summary>The last field of a name, which counts where one is expected; null if there is none.</summary>
    public ProtoField? Last(string name) => Fields.LastOrDefault(field => field.Name == name);
}
