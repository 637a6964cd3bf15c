namespace Ovms.Language.Templates;

/// <summary>A template that cannot be parsed. <c>Template.Parse</c> makes an <c>Outcome</c> of it.</summary>
/// <param name="message">What was expected and what came.</param>
/// <param name="position">Where, in characters of the normalised template.</param>
internal sealed class SyntaxFault(string message, int position) : Exception(message)
{
    /// <summary>Where, in characters of the normalised template.</summary>
    public int Position { get; } = position;
}
