using Ovms.Native;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>The names under which ports are served: the mapped name, else the model's own, else one made from the index.</summary>
/// <param name="mapping">The names that replace the model's own.</param>
internal sealed class PortNames(NameMapping mapping)
{
    /// <summary>The model's own names.</summary>
    public static PortNames Own { get; } = new(NameMapping.None);

    /// <summary>Name of an input.</summary>
    public string OfInput(PortInfo port) => mapping.Inputs.GetValueOrDefault(OwnOfInput(port)) ?? OwnOfInput(port);

    /// <summary>Name of an output.</summary>
    public string OfOutput(PortInfo port) => mapping.Outputs.GetValueOrDefault(OwnOfOutput(port)) ?? OwnOfOutput(port);

    /// <summary>Whether the model has an input of this name that is served under another.</summary>
    public bool IsReplacedInput(string name) => mapping.Inputs.ContainsKey(name);

    /// <summary>Whether the model has an output of this name that is served under another.</summary>
    public bool IsReplacedOutput(string name) => mapping.Outputs.ContainsKey(name);

    /// <summary>Checks that every mapped name exists in the model, and that no two inputs or outputs get the same name.</summary>
    public Outcome Check(IReadOnlyList<PortInfo> inputs, IReadOnlyList<PortInfo> outputs)
    {
        Outcome checkedInputs = Check("input", mapping.Inputs, [.. inputs.Select(OwnOfInput)]);
        return checkedInputs.IsOk ? Check("output", mapping.Outputs, [.. outputs.Select(OwnOfOutput)]) : checkedInputs;
    }

    /// <summary>Names for a message: "a, b" or "none".</summary>
    public static string List(IEnumerable<string> names)
    {
        string list = string.Join(", ", names);
        return list.Length == 0 ? "none" : list;
    }

    // Outputs without names get the same names as in the original.
    private static string OwnOfInput(PortInfo port) => port.Name ?? $"in_{port.Index}";

    private static string OwnOfOutput(PortInfo port) => port.Name ?? $"out_{port.Index}";

    private static Outcome Check(string side, IReadOnlyDictionary<string, string> names, string[] own)
    {
        foreach ((string name, string served) in names)
        {
            if (!own.Contains(name))
            {
                return Outcome.Fail(
                    StatusCode.MappingInvalid,
                    $"{NameMapping.FileName} maps the {side} {name} to {served}, and the model has no such {side}; it has {List(own)}.");
            }

            if (own.Contains(served) && !names.ContainsKey(served))
            {
                return Outcome.Fail(
                    StatusCode.MappingInvalid,
                    $"{NameMapping.FileName} maps the {side} {name} to {served}, which another {side} of the model is called; "
                        + "map that one to another name too.");
            }
        }

        return Outcome.Ok;
    }
}
