using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The variable <c>loop</c>. It reads one element ahead only when a template asks for it.</summary>
internal sealed class LoopObject : Callable
{
    private readonly Renderer _renderer;
    private readonly JinjaValue _iterable;
    private readonly Func<JinjaValue, long, JinjaValue>? _recurse;
    private readonly long _depth;
    private IEnumerator<JinjaValue> _elements;
    private JinjaValue _before;
    private JinjaValue _current;
    private JinjaValue _after;
    private JinjaValue _changed;
    private long _index = -1;
    private long _length = -1;

    /// <param name="iterable">What is iterated.</param>
    /// <param name="elements">Its elements.</param>
    /// <param name="recurse">Renders the body for other elements; null if the loop is not recursive.</param>
    /// <param name="depth">How many recursive loops are around it.</param>
    public LoopObject(
        Renderer renderer, JinjaValue iterable, IEnumerator<JinjaValue> elements, Func<JinjaValue, long, JinjaValue>? recurse, long depth)
    {
        _renderer = renderer;
        _iterable = iterable;
        _elements = elements;
        _recurse = recurse;
        _depth = depth;
    }

    /// <inheritdoc/>
    public override string TypeName => "LoopContext";

    /// <inheritdoc/>
    public override long Length
    {
        get
        {
            if (_length >= 0)
                return _length;

            _length = Iteration.Length(_iterable);
            if (_length < 0)
            {
                List<JinjaValue> rest = [];
                while (_elements.MoveNext())
                    rest.Add(_elements.Current);

                _elements = rest.GetEnumerator();
                _length = rest.Count + _index + 1 + (_after.Kind == JinjaKind.Unset ? 0 : 1);
            }

            return _length;
        }
    }

    /// <inheritdoc/>
    public override bool IsTrue => Length != 0;

    /// <summary>Goes to the next element.</summary>
    public bool MoveNext(out JinjaValue element)
    {
        element = Peek();
        if (element.Kind == JinjaKind.Unset)
            return false;

        _after = default;
        _before = _current;
        _current = element;
        _index++;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryAttribute(string name, out JinjaValue value)
    {
        switch (name)
        {
            case "index":
                value = _index + 1;
                return true;
            case "index0":
                value = _index;
                return true;
            case "first":
                value = _index == 0;
                return true;
            case "last":
                value = Peek().Kind == JinjaKind.Unset;
                return true;
            case "length":
                value = Length;
                return true;
            case "revindex":
                value = Length - _index;
                return true;
            case "revindex0":
                value = Length - _index - 1;
                return true;
            case "depth":
                value = _depth + 1;
                return true;
            case "depth0":
                value = _depth;
                return true;
            case "previtem":
                value = _index > 0 ? _before : UndefinedOrigin.Because("there is no previous item");
                return true;
            case "nextitem":
                value = Peek() is { Kind: not JinjaKind.Unset } next ? next : UndefinedOrigin.Because("there is no next item");
                return true;
            case "cycle":
                value = JinjaValue.Of(new Function(name, Cycle));
                return true;
            case "changed":
                value = JinjaValue.Of(new Function(name, Changed));
                return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public override JinjaValue Call(Renderer renderer, in Arguments arguments)
    {
        if (arguments is not { Positional: [JinjaValue iterable], Named: [] })
            throw PythonFault.Type("loop() takes exactly one argument");

        if (_recurse is null)
            throw PythonFault.Type("The loop must have the 'recursive' marker to be called recursively.");

        return _recurse(iterable, _depth + 1);
    }

    /// <inheritdoc/>
    public override string Represent(RenderBudget budget, int depth) => $"<LoopContext {_index + 1}/{Length}>";

    private JinjaValue Peek()
    {
        if (_after.Kind == JinjaKind.Unset && _elements.MoveNext())
            _after = _elements.Current;

        return _after;
    }

    private JinjaValue Cycle(Renderer renderer, in Arguments arguments) => arguments.Positional.Length == 0
        ? throw PythonFault.Type("no items for cycling given") : arguments.Positional[_index % arguments.Positional.Length];

    private JinjaValue Changed(Renderer renderer, in Arguments arguments)
    {
        JinjaValue now = JinjaValue.Tuple(arguments.Positional);
        if (_changed.Kind != JinjaKind.Unset && PythonKeys.AreEqual(_changed, now, _renderer.Budget))
            return false;

        _changed = now;
        return true;
    }
}
