using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>A part of a template that has a value.</summary>
/// <param name="position">Where it stands, in characters of the normalised template.</param>
internal abstract class Expression(int position)
{
    /// <summary>Where it stands.</summary>
    public int Position => position;

    /// <summary>How deep expressions stand within it. The parser bounds it, since evaluation recurses.</summary>
    public int Height { get; protected init; } = 1;

    /// <summary>Computes the value.</summary>
    public abstract JinjaValue Evaluate(Renderer renderer);

    /// <summary>Prints the value, if possible without making a text of it first.</summary>
    public virtual void Write(Renderer renderer)
    {
        JinjaValue value = Evaluate(renderer);
        PythonText.AppendStr(renderer.Output, value, renderer.Budget);
    }

    /// <summary>Computes the value of a condition.</summary>
    public virtual bool IsTrue(Renderer renderer) => Evaluate(renderer).IsTrue;

    /// <summary>One more than the highest of the parts.</summary>
    protected static int Over(params ReadOnlySpan<Expression?> parts)
    {
        int highest = 0;
        foreach (Expression? part in parts)
            highest = Math.Max(highest, part?.Height ?? 0);

        return highest + 1;
    }
}
