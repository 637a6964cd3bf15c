using System.Collections.Immutable;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>The ports of a Python node.</summary>
/// <param name="Inputs">Positions of the inputs that the handler gets, in the order in which it gets them: by tag.</param>
/// <param name="LoopIn">Position of the input LOOPBACK; −1 for none.</param>
/// <param name="LoopOut">Position of the output LOOPBACK; −1 for none.</param>
internal sealed record PythonPorts(ImmutableArray<int> Inputs, int LoopIn, int LoopOut)
{
    /// <summary>The tag of the stream with which a node calls itself again.</summary>
    public const string LoopTag = "LOOPBACK";

    /// <summary>Finds the ports.</summary>
    /// <param name="ports">The node's ports.</param>
    /// <returns>The ports; or the first rule of the original that they break.</returns>
    public static Outcome<PythonPorts> Of(NodePorts ports)
    {
        int loopIn = NodePorts.IndexOf(ports.Inputs, LoopTag);
        int loopOut = NodePorts.IndexOf(ports.Outputs, LoopTag);
        if (loopIn < 0 != loopOut < 0)
        {
            return Fail("If LOOPBACK is used, it must be defined on both input and output of the node");
        }

        if (NodePorts.CountOf(ports.Inputs, LoopTag) > 1 || NodePorts.CountOf(ports.Outputs, LoopTag) > 1)
        {
            return Fail("it takes one LOOPBACK, which is input and output");
        }

        ImmutableArray<int> inputs =
        [
            .. Enumerable.Range(0, ports.Inputs.Length).Where(index => index != loopIn)
                .OrderBy(index => ports.Inputs[index].Tag, StringComparer.Ordinal).ThenBy(index => ports.Inputs[index].Index),
        ];
        return inputs.IsEmpty || ports.Outputs.Length == (loopOut < 0 ? 0 : 1)
            ? Fail("it needs one input_stream and one output_stream at least, beside LOOPBACK")
            : new PythonPorts(inputs, loopIn, loopOut);
    }

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphInitializationError, why);
}
