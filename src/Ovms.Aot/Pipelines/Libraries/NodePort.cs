using Ovms.Native;

namespace Ovms.Pipelines.Libraries;

/// <summary>An input or output of a node, as its model or library describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">The shapes that it can have.</param>
/// <param name="Layout">Layout of a model's input; empty if the library does not say it.</param>
internal sealed record NodePort(string Name, ElementType Type, PartialShape Shape, string Layout = "");
