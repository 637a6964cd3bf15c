using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Graphs;

/// <summary>A message of a graph, as input of the emitter.</summary>
/// <param name="Namespace">The record's namespace; null for the global one.</param>
/// <param name="Accessibility">The record's accessibility.</param>
/// <param name="Record">The record's name.</param>
/// <param name="Name">The message's full name.</param>
/// <param name="PlaceProperty">The property that receives the message's place; null for none.</param>
/// <param name="Fields">The fields.</param>
internal sealed record GraphMessage(
    string? Namespace, string Accessibility, string Record, string Name, string? PlaceProperty, EquatableArray<GraphField> Fields);

/// <summary>One field.</summary>
/// <param name="Property">The property's name.</param>
/// <param name="Name">The field's name in the text.</param>
/// <param name="Type">The C# type of one value, fully qualified.</param>
/// <param name="Kind">How a value is read.</param>
/// <param name="Form">Whether it has one value, many, or keys.</param>
/// <param name="IsRequired">Whether a message without it is an error.</param>
/// <param name="Members">The names and numbers of an enumeration, in its order.</param>
internal sealed record GraphField(
    string Property, string Name, string Type, GraphValueKind Kind, GraphFieldForm Form, bool IsRequired,
    EquatableArray<GraphEnumMember> Members);

/// <summary>A member of an enumeration.</summary>
/// <param name="Text">Its name in the text.</param>
/// <param name="Member">Its name in C#.</param>
/// <param name="Number">Its number.</param>
internal sealed record GraphEnumMember(string Text, string Member, long Number);

/// <summary>How a value is read.</summary>
internal enum GraphValueKind
{
    /// <summary>By the binder's method of the type's name.</summary>
    Scalar,

    /// <summary>As a member of an enumeration.</summary>
    Enum,

    /// <summary>By the reader of another message.</summary>
    Message,

    /// <summary>Left as it is in the text's tree.</summary>
    Raw,
}

/// <summary>How many values a field has.</summary>
internal enum GraphFieldForm
{
    /// <summary>One; the last one given counts.</summary>
    One,

    /// <summary>Any number.</summary>
    Many,

    /// <summary>Any number, each with a key: messages of key and value.</summary>
    Map,
}
