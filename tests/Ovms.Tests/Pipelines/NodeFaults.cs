using Ovms.Status;

namespace Ovms.Tests.Pipelines;

/// <summary>What misbehave.c does wrong, and what is said of it: the same for a library in the server and in a process of its own.</summary>
internal static class NodeFaults
{
    /// <summary>Faults of execute: the parameter, a part of the text, the status.</summary>
    public static IEnumerable<(string Fault, string Text, object Code)> OfCalls() =>
    [
        ("execute", "execute returned 42", StatusCode.NodeLibraryExecutionFailed),
        ("null outputs", "corrupted outputs handle", StatusCode.NodeLibraryOutputsInvalid),
        ("name", "Custom node output is missing name", StatusCode.NodeLibraryOutputsInvalid),
        ("other name", "Custom node output is missing: out", StatusCode.NodeLibraryOutputsInvalid),
        ("precision", "output out: tensor with unspecified precision: 0", StatusCode.NodeLibraryOutputsInvalid),
        ("unknown precision", "unspecified precision: 10", StatusCode.NodeLibraryOutputsInvalid),
        ("size", "invalid content size: Expected: 12 bytes for the shape (1,3); Actual: 11", StatusCode.NodeLibraryOutputsInvalid),
        ("huge", "invalid content size", StatusCode.NodeLibraryOutputsInvalid),
        ("negative", "invalid content size", StatusCode.NodeLibraryOutputsInvalid),
        ("data", "Actual: no content", StatusCode.NodeLibraryOutputsInvalid),
        ("dims", "no dimensions", StatusCode.NodeLibraryOutputsInvalid),
    ];

    /// <summary>Wrong numbers of outputs.</summary>
    public static IEnumerable<(string Fault, string Text)> OfCounts() =>
        [("count", "corrupted number of outputs: 0"), ("negative count", "corrupted number of outputs: -1")];

    /// <summary>Faults of getInputsInfo and getOutputsInfo.</summary>
    public static IEnumerable<(string Fault, string Text)> OfDescriptions() =>
    [
        ("infos", "returned 4"),
        ("null infos", "null pointer"),
        ("no infos", "number 0"),
        ("info name", "without a name"),
        ("info precision", "unknown precision 77"),
    ];
}
