using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary><c>for</c>. Each run of the body begins with its variables unset.</summary>
internal sealed class ForStatement : Statement
{
    /// <summary>Where it stands.</summary>
    public required int Position { get; init; }

    /// <summary>What is iterated.</summary>
    public required Expression Iterable { get; init; }

    /// <summary>The variables of the body; slot 0 is <c>loop</c>.</summary>
    public required Scope Scope { get; init; }

    /// <summary>What each element is assigned to.</summary>
    public required Target Target { get; init; }

    /// <summary>The variables of the condition.</summary>
    public required Scope TestScope { get; init; }

    /// <summary>What each element is assigned to for the condition.</summary>
    public required Target TestTarget { get; init; }

    /// <summary>The condition (<c>if</c>), or null.</summary>
    public required Expression? Test { get; init; }

    /// <summary>What runs for each element.</summary>
    public required Statement[] Body { get; init; }

    /// <summary>The variables of <see cref="Otherwise"/>.</summary>
    public required Scope OtherwiseScope { get; init; }

    /// <summary>What runs if there was no element.</summary>
    public required Statement[] Otherwise { get; init; }

    /// <summary>Whether the body may call <c>loop</c>.</summary>
    public required bool IsRecursive { get; init; }

    /// <summary>Whether the body reads <c>loop</c>; known when names are resolved.</summary>
    public bool UsesLoop { get; set; }

    /// <inheritdoc/>
    public override Flow Run(Renderer renderer)
    {
        JinjaValue iterable = Iterable.Evaluate(renderer);
        Run(renderer, iterable, 0);
        return Flow.Next;
    }

    private void Run(Renderer renderer, JinjaValue iterable, long depth)
    {
        renderer.Position = Position;
        Frame outer = renderer.Frame;
        IEnumerator<JinjaValue> elements = renderer.Iterate(iterable);
        if (Test is not null)
        {
            elements = Tested(renderer, elements, outer);
            iterable = JinjaValue.Of(new IteratorObject(elements));
        }

        Frame frame = new(Scope, outer);
        LoopObject? loop = UsesLoop || IsRecursive
            ? new LoopObject(renderer, iterable, elements, IsRecursive ? Recurse : null, depth) : null;
        bool any = false;
        while (true)
        {
            JinjaValue element;
            if (loop is not null)
            {
                if (!loop.MoveNext(out element))
                    break;
            }
            else if (elements.MoveNext())
            {
                element = elements.Current;
            }
            else
            {
                break;
            }

            if (any)
                Array.Clear(frame.Slots);

            any = true;
            renderer.Frame = frame;
            if (loop is not null)
                frame.Slots[0] = JinjaValue.Of(loop);

            renderer.Position = Position;
            Target.Assign(renderer, element);
            Flow flow = RunAll(Body, renderer);
            renderer.Frame = outer;
            if (flow == Flow.Break)
                return;
        }

        if (any || Otherwise.Length == 0)
            return;

        renderer.Frame = new Frame(OtherwiseScope, outer);
        RunAll(Otherwise, renderer);
        renderer.Frame = outer;

        JinjaValue Recurse(JinjaValue inner, long level)
        {
            renderer.Budget.Enter();
            Frame caller = renderer.Frame;
            renderer.Frame = outer;
            int start = renderer.Output.Length;
            Run(renderer, inner, level);
            renderer.Frame = caller;
            renderer.Budget.Leave();
            return renderer.Output.Take(start);
        }
    }

    private IEnumerator<JinjaValue> Tested(Renderer renderer, IEnumerator<JinjaValue> elements, Frame outer)
    {
        Frame frame = new(TestScope, outer);
        while (elements.MoveNext())
        {
            // The body may be running when this one looks ahead.
            Frame running = renderer.Frame;
            Array.Clear(frame.Slots);
            renderer.Frame = frame;
            TestTarget.Assign(renderer, elements.Current);
            bool keep = Test!.IsTrue(renderer);
            renderer.Frame = running;
            if (keep)
                yield return elements.Current;
        }
    }
}
