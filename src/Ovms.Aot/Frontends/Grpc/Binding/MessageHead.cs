using System.Text;
using System.Text.Unicode;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>The model that the first bytes of a message name.</summary>
/// <param name="IsKnown">False if more bytes may name it.</param>
/// <param name="Model">The model's name; null if the message does not begin with it.</param>
/// <param name="Version">The version as the caller wrote it; empty for the default version.</param>
internal readonly record struct MessageHead(bool IsKnown, string? Model, string Version)
{
    /// <summary>The bytes end before the name and the version do.</summary>
    public static MessageHead Incomplete { get; } = new(false, null, "");

    /// <summary>The message does not begin with the model's name, or the name is invalid. Only the whole message tells.</summary>
    public static MessageHead Nameless { get; } = new(true, null, "");

    /// <summary>The message names a model.</summary>
    public static MessageHead Of(string model, string version) => new(true, model, version);

    /// <summary>The head of a message that lacks a field.</summary>
    public static MessageHead Without(FieldStart field) => field == FieldStart.Incomplete ? Incomplete : Nameless;

    /// <summary>A text field's content; null if it is not UTF-8.</summary>
    public static string? TextOf(ReadOnlySpan<byte> bytes) =>
        KnownTexts.Find(bytes) ?? (Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null);
}
