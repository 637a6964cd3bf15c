namespace Ovms.Language.Templates;

/// <summary>How the run of a statement ended.</summary>
internal enum Flow : byte
{
    /// <summary>Go on with the next.</summary>
    Next,

    /// <summary>Leave the innermost loop.</summary>
    Break,

    /// <summary>Go on with the next element of the innermost loop.</summary>
    Continue,
}

/// <summary>A part of a template that prints or sets something.</summary>
internal abstract class Statement
{
    /// <summary>Runs it.</summary>
    public abstract Flow Run(Renderer renderer);

    /// <summary>Runs statements in order, until one leaves the loop around them.</summary>
    public static Flow RunAll(Statement[] body, Renderer renderer)
    {
        renderer.Budget.Step(body.Length);
        foreach (Statement statement in body)
        {
            Flow flow = statement.Run(renderer);
            if (flow != Flow.Next)
                return flow;
        }

        return Flow.Next;
    }
}
