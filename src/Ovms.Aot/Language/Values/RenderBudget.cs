namespace Ovms.Language.Values;

/// <summary>
/// What one rendering may still use: steps, text and depth. One step is a node, an element of a list, or 32 characters of a text that is
/// made, so that the steps bound time and memory together. Used by one thread.
/// </summary>
internal sealed class RenderBudget : IDisposable
{
    private const int CharactersAStep = 32;

    private readonly long _steps;
    private readonly int _depth;
    private long _used;
    private int _level;
    private TextBuffer? _scratch;

    /// <param name="steps">Steps in all.</param>
    /// <param name="characters">UTF-16 characters of one text, and of the result.</param>
    /// <param name="depth">Calls of macros, and recursive loops, within each other.</param>
    public RenderBudget(long steps, int characters, int depth)
    {
        _steps = steps;
        _depth = depth;
        Characters = characters;
    }

    /// <summary>The most UTF-16 characters of one text.</summary>
    public int Characters { get; }

    /// <summary>A buffer in which texts are made. Users take their part off its end.</summary>
    public TextBuffer Scratch => _scratch ??= new TextBuffer(this);

    /// <summary>Counts steps.</summary>
    public void Step(long count = 1)
    {
        if ((_used += count) > _steps)
            throw PythonFault.TooMuch($"more than {_steps} steps");
    }

    /// <summary>Counts a text before it is made.</summary>
    /// <param name="characters">Its length in UTF-16 characters.</param>
    public void Text(long characters)
    {
        if (characters > Characters)
            throw PythonFault.TooMuch($"a text of more than {Characters} characters");

        if (characters >= CharactersAStep)
            Step(characters / CharactersAStep);
    }

    /// <summary>One level deeper; <see cref="Leave"/> ends it, except after a fault.</summary>
    public void Enter()
    {
        if (++_level > _depth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw PythonFault.TooMuch($"more than {_depth} levels of macros and loops within each other");
    }

    /// <summary>One level up.</summary>
    public void Leave() => _level--;

    /// <inheritdoc/>
    public void Dispose() => _scratch?.Dispose();
}
