namespace Ovms.Configuration.Graphs;

/// <summary>
/// Marks a property as a field of a <see cref="GraphMessageAttribute">message</see>. The field's name is the property's in snake case, its
/// default the property's initializer.
/// </summary>
/// <param name="number">The field's number in the original.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class GraphFieldAttribute(int number) : Attribute
{
    /// <summary>The field's number.</summary>
    public int Number { get; } = number;

    /// <summary>Whether a message without the field is an error.</summary>
    public bool Required { get; init; }
}
