using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>What <c>cycler()</c> gives: values in turns.</summary>
internal sealed class Cycler : JinjaObject
{
    private readonly JinjaValue[] _items;
    private int _next;

    public Cycler(JinjaValue[] items)
    {
        if (items.Length == 0)
            throw new PythonFault("RuntimeError", "at least one item has to be provided");

        _items = items;
    }

    /// <inheritdoc/>
    public override string TypeName => "Cycler";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <inheritdoc/>
    public override bool TryAttribute(string name, out JinjaValue value)
    {
        value = name switch
        {
            "current" => _items[_next],
            "next" => JinjaValue.Of(new Function(name, Next)),
            "reset" => JinjaValue.Of(new Function(name, Reset)),
            "pos" => _next,
            "items" => JinjaValue.Tuple(_items),
            _ => default,
        };
        return value.Kind != JinjaKind.Unset;
    }

    private JinjaValue Next(Renderer renderer, in Arguments arguments)
    {
        JinjaValue value = _items[_next];
        _next = (_next + 1) % _items.Length;
        return value;
    }

    private JinjaValue Reset(Renderer renderer, in Arguments arguments)
    {
        _next = 0;
        return JinjaValue.None;
    }
}

/// <summary>What <c>joiner()</c> gives: nothing at the first call, then the separator.</summary>
internal sealed class Joiner(JinjaValue separator) : Callable
{
    private bool _used;

    /// <inheritdoc/>
    public override string TypeName => "Joiner";

    /// <inheritdoc/>
    public override JinjaValue Call(Renderer renderer, in Arguments arguments)
    {
        if (!_used)
        {
            _used = true;
            return JinjaValue.Empty;
        }

        return separator.Kind == JinjaKind.Unset ? ", " : separator;
    }
}
