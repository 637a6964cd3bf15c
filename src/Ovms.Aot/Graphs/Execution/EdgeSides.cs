using Ovms.Graphs.Definitions;
using Ovms.Inference.Messages;

namespace Ovms.Graphs.Execution;

/// <summary>The side packets of a graph that a request brings.</summary>
internal static class EdgeSides
{
    /// <summary>Takes them from the parameters of a request, which are checked.</summary>
    public static object[] Of(GraphDefinition graph, InferMessage message)
    {
        object[] sides = graph.InputSides.IsEmpty ? [] : new object[graph.InputSides.Length];
        for (int i = 0; i < sides.Length; i++)
        {
            ParameterValue value = message.Parameters.Find(parameter => parameter.Name == graph.InputSides[i].Name).Value;
            sides[i] = value.Flag is { } flag ? flag : value.Integer is { } number ? number : value.Text!;
        }

        return sides;
    }
}
