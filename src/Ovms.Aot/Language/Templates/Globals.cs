using System.Collections.Frozen;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The functions that every chat template may call.</summary>
internal static class Globals
{
    private const long RangeLimit = 100_000;

    private static readonly Signature s_joiner = new("sep?");
    private static readonly Signature s_strftime = new("format");
    private static readonly Signature s_raise = new("message");

    private static readonly FrozenDictionary<string, JinjaValue> s_functions = new (string Name, Function.Body Body)[]
    {
        ("range", Range),
        ("dict", static (Renderer renderer, in Arguments arguments) => JinjaValue.Dict(Dict(renderer, arguments, "dict"))),
        ("namespace", static (Renderer renderer, in Arguments arguments) =>
            JinjaValue.Of(new NamespaceObject(Dict(renderer, arguments, "namespace")))),
        ("cycler", static (Renderer renderer, in Arguments arguments) => JinjaValue.Of(new Cycler(arguments.Positional))),
        ("joiner", static (Renderer renderer, in Arguments arguments) => JinjaValue.Of(new Joiner(s_joiner.Bind("joiner", arguments)[0]))),
        ("lipsum", static (Renderer renderer, in Arguments arguments) =>
            throw new PythonFault("NotImplementedError", "the function 'lipsum' is not supported: a prompt does not hold random text")),
        ("raise_exception", Raise),
        ("strftime_now", static (Renderer renderer, in Arguments arguments) =>
            TimeFormat.Apply(renderer.Now, Argument.Text(s_strftime.Bind("strftime_now", arguments)[0], "strftime"), renderer.Budget)),
    }.ToFrozenDictionary(static one => one.Name, static one => JinjaValue.Of(new Function(one.Name, one.Body)));

    /// <summary>The function of a name, or unset.</summary>
    public static JinjaValue Find(string name) => s_functions.GetValueOrDefault(name);

    private static JinjaValue Raise(Renderer renderer, in Arguments arguments) =>
        throw new PythonFault(PythonFault.Raised, renderer.Str(s_raise.Bind("raise_exception", arguments)[0]));

    private static JinjaValue Range(Renderer renderer, in Arguments arguments)
    {
        JinjaValue[] given = arguments.Positional;
        if (given.Length is 0 or > 3 || arguments.Named.Length > 0)
            throw PythonFault.Type($"range expected 1 to 3 arguments, got {given.Length}");

        long first = Argument.Long(given[0]);
        long start = given.Length == 1 ? 0 : first, stop = given.Length == 1 ? first : Argument.Long(given[1]);
        long step = given.Length == 3 ? Argument.Long(given[2]) : 1;
        if (step == 0)
            throw PythonFault.Value("range() arg 3 must not be zero");

        long count = step > 0 ? Math.Max(0, ((stop - start - 1) / step) + (stop > start ? 1 : 0))
            : Math.Max(0, ((start - stop - 1) / -step) + (start > stop ? 1 : 0));
        if (count > RangeLimit)
            throw new PythonFault("OverflowError", $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({RangeLimit}).");

        return JinjaValue.Of(new RangeObject(start, step, count));
    }

    private static JinjaDict Dict(Renderer renderer, in Arguments arguments, string owner)
    {
        JinjaDict dict = new();
        if (arguments.Positional.Length > 1)
            throw PythonFault.Type($"{owner} expected at most 1 argument, got {arguments.Positional.Length}");

        if (arguments.Positional is [JinjaValue given])
        {
            JinjaValue[] pairs = renderer.ToArray(given);
            foreach (JinjaValue pair in pairs)
            {
                if (given.Kind == JinjaKind.Dict)
                {
                    given.Members.TryGet(pair, out JinjaValue member);
                    dict.Set(pair, member);
                    continue;
                }

                JinjaValue[] two = renderer.ToArray(pair);
                if (two.Length != 2)
                    throw PythonFault.Value($"dictionary update sequence element has length {two.Length}; 2 is required");

                dict.Set(two[0], two[1]);
            }
        }

        foreach ((string name, JinjaValue value) in arguments.Named)
            dict.Set(name, value);

        return dict;
    }
}
