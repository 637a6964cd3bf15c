namespace Ovms.Language.Values;

/// <summary>Members in the order in which they came. Small ones are searched, large ones have an index.</summary>
internal sealed class JinjaDict
{
    private const int Searched = 8;

    private JinjaValue[] _keys = [];
    private JinjaValue[] _values = [];
    private Dictionary<JinjaValue, int>? _index;

    /// <summary>An empty dict.</summary>
    /// <param name="capacity">Members that are expected.</param>
    public JinjaDict(int capacity = 0)
    {
        if (capacity > 0)
        {
            _keys = new JinjaValue[capacity];
            _values = new JinjaValue[capacity];
        }
    }

    /// <summary>How many members.</summary>
    public int Count { get; private set; }

    /// <summary>The keys, in order.</summary>
    public ReadOnlySpan<JinjaValue> Keys => _keys.AsSpan(0, Count);

    /// <summary>The values, in the order of the keys.</summary>
    public ReadOnlySpan<JinjaValue> Values => _values.AsSpan(0, Count);

    /// <summary>The key and value at a place of the order.</summary>
    public (JinjaValue Key, JinjaValue Value) At(int place) => (_keys[place], _values[place]);

    /// <summary>Adds a member or replaces its value; only while nobody else has the dict.</summary>
    public void Set(JinjaValue key, JinjaValue value)
    {
        if (Find(key) is >= 0 and int place)
        {
            _values[place] = value;
            return;
        }

        if (Count == _keys.Length)
        {
            Array.Resize(ref _keys, Math.Max(4, Count * 2));
            Array.Resize(ref _values, _keys.Length);
        }

        _keys[Count] = key;
        _values[Count++] = value;
        if (_index is not null)
        {
            _index[key] = Count - 1;
        }
        else if (Count > Searched)
        {
            _index = new Dictionary<JinjaValue, int>(Count * 2, PythonKeys.Comparer);
            for (int i = 0; i < Count; i++)
                _index[_keys[i]] = i;
        }
    }

    /// <summary>The value of a key.</summary>
    public bool TryGet(JinjaValue key, out JinjaValue value)
    {
        int place = key.Kind == JinjaKind.String ? Find(key.Text) : Find(key);
        value = place < 0 ? default : _values[place];
        return place >= 0;
    }

    /// <summary>The value of a key, or unset.</summary>
    public JinjaValue Get(string key) => Find(key) is >= 0 and int place ? _values[place] : default;

    private int Find(string key)
    {
        if (_index is not null)
            return _index.TryGetValue(key, out int place) ? place : -1;

        for (int i = 0; i < Count; i++)
        {
            if (_keys[i].IsText && _keys[i].Text == key)
                return i;
        }

        return -1;
    }

    private int Find(JinjaValue key)
    {
        if (_index is not null)
            return _index.TryGetValue(key, out int place) ? place : -1;

        PythonKeys.CheckKey(key, 0);
        for (int i = 0; i < Count; i++)
        {
            if (PythonKeys.Comparer.Equals(_keys[i], key))
                return i;
        }

        return -1;
    }
}
