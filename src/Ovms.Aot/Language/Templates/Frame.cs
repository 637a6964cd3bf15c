using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The variables of one run of a <see cref="Scope"/>.</summary>
/// <param name="scope">What is run.</param>
/// <param name="parent">The frame around it.</param>
internal sealed class Frame(Scope scope, Frame? parent)
{
    /// <summary>The frame around it.</summary>
    public Frame? Parent => parent;

    /// <summary>The variables; unset until assigned.</summary>
    public JinjaValue[] Slots { get; } = scope.Count == 0 ? [] : new JinjaValue[scope.Count];
}
