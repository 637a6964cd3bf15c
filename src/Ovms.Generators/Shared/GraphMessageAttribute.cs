namespace Ovms.Configuration.Graphs;

/// <summary>
/// Marks a record as a message of a graph's text protobuf. A reader is generated for it from its properties with a
/// <see cref="GraphFieldAttribute"/>. A property of type ProtoPlace without one receives the place of the message.
/// </summary>
/// <param name="name">The message's full name in the original, for example mediapipe.GateCalculatorOptions.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class GraphMessageAttribute(string name) : Attribute
{
    /// <summary>The message's full name.</summary>
    public string Name { get; } = name;
}
