using Ovms.Native;

namespace Ovms.Serving.Preparation;

/// <summary>The names under which ports are served: the model's own, else by their place.</summary>
internal static class PortNames
{
    /// <summary>Name of an input.</summary>
    public static string OfInput(PortInfo port) => port.Name ?? $"in_{port.Index}";

    /// <summary>Name of an output, as the original gives it.</summary>
    public static string OfOutput(PortInfo port) => port.Name ?? $"out_{port.Index}";

    /// <summary>Names for a message: "a, b" or "none".</summary>
    public static string List(IEnumerable<string> names)
    {
        string list = string.Join(", ", names);
        return list.Length == 0 ? "none" : list;
    }
}
