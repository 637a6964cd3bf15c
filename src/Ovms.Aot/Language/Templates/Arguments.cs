using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The arguments of a call.</summary>
/// <param name="Positional">Those without names.</param>
/// <param name="Named">Those with names, each name once.</param>
internal readonly record struct Arguments(JinjaValue[] Positional, (string Name, JinjaValue Value)[] Named)
{
    /// <summary>No arguments.</summary>
    public static Arguments None => new([], []);

    /// <summary>How many.</summary>
    public int Count => Positional.Length + Named.Length;

    /// <summary>The value of a name, or unset.</summary>
    public JinjaValue Get(string name)
    {
        foreach ((string given, JinjaValue value) in Named)
        {
            if (given == name)
                return value;
        }

        return default;
    }

    /// <summary>The named ones as a dict.</summary>
    public JinjaDict ToDict()
    {
        JinjaDict members = new(Named.Length);
        foreach ((string name, JinjaValue value) in Named)
            members.Set(name, value);

        return members;
    }
}
