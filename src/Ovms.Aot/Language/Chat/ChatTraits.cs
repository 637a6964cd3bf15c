namespace Ovms.Language.Chat;

/// <summary>What a chat template expects of its messages. <see cref="ChatProbe"/> finds it out when a model is loaded.</summary>
/// <param name="PrintsDeveloper">Whether it prints messages of the role <c>developer</c>; else they become <c>system</c>.</param>
/// <param name="WantsNull">Whether it tells null contents from empty ones; else null becomes "".</param>
/// <param name="PartRoles">The roles whose contents may be arrays of parts; for others the texts are joined.</param>
/// <param name="Arguments">In which form it prints the arguments of tool calls.</param>
/// <param name="ReasoningName">The member of an assistant's message in which it looks for the reasoning.</param>
internal sealed record ChatTraits(
    bool PrintsDeveloper, bool WantsNull, IReadOnlySet<string> PartRoles, ArgumentForm Arguments, string ReasoningName);

/// <summary>The form of a tool call's arguments that a template prints.</summary>
internal enum ArgumentForm
{
    /// <summary>Both, or neither: arguments stay as they came.</summary>
    Any,

    /// <summary>Only objects: JSON texts are parsed.</summary>
    Object,

    /// <summary>Only texts: objects are written as JSON.</summary>
    Text,
}
