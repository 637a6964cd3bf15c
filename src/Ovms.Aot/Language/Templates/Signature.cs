using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The parameters of a filter, test, method or function.</summary>
internal sealed class Signature
{
    private readonly string[] _names;
    private readonly int _required;
    private readonly bool _unnamed;

    /// <param name="parameters">
    /// Names in order, separated by spaces; optional ones end with '?'. A '/' in front means that none may be given by name.
    /// </param>
    public Signature(string parameters)
    {
        string[] words = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _unnamed = words is ["/", ..];
        words = _unnamed ? words[1..] : words;
        _required = words.Count(static word => !word.EndsWith('?'));
        _names = [.. words.Select(static word => word.TrimEnd('?'))];
    }

    /// <summary>One value for each parameter; unset where none was given. Too many, too few and unknown ones fail.</summary>
    public JinjaValue[] Bind(string owner, in Arguments arguments)
    {
        JinjaValue[] given = arguments.Positional;
        if (given.Length > _names.Length)
            throw PythonFault.Type($"{owner}() takes at most {_names.Length} arguments ({given.Length} given)");

        if (given.Length == _names.Length && arguments.Named.Length == 0)
            return given;

        JinjaValue[] values = new JinjaValue[_names.Length];
        given.CopyTo(values, 0);
        foreach ((string name, JinjaValue value) in arguments.Named)
        {
            int place = Array.IndexOf(_names, name);
            if (place < 0 || _unnamed)
                throw PythonFault.Type($"{owner}() got an unexpected keyword argument '{name}'");

            if (values[place].Kind != JinjaKind.Unset)
                throw PythonFault.Type($"{owner}() got multiple values for argument '{name}'");

            values[place] = value;
        }

        for (int i = 0; i < _required; i++)
        {
            if (values[i].Kind == JinjaKind.Unset)
                throw PythonFault.Type($"{owner}() missing required argument '{_names[i]}'");
        }

        return values;
    }
}
