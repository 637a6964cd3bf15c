namespace Ovms.Configuration.Graphs;

/// <summary>One field of a text protobuf: a scalar or a message.</summary>
/// <param name="Name">Its name; for an Any or an extension, the full name of its type, without a host before it.</param>
/// <param name="Scalar">The value as text, a string's without quotes and escapes; null for a message.</param>
/// <param name="IsText">Whether the scalar was in quotes.</param>
/// <param name="Message">The fields of a message; null for a scalar.</param>
/// <param name="Place">Where it begins.</param>
internal sealed record ProtoField(string Name, string? Scalar, bool IsText, ProtoMessage? Message, ProtoPlace Place);

/// <summary>A place in a text, both numbers from 1.</summary>
internal readonly record struct ProtoPlace(int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, column {Column}";
}
