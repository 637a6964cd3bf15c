namespace Ovms.Graphs.Interpreters;

/// <summary>What a handler is asked: to execute, or to let a generator go on.</summary>
/// <param name="Call">The number of the call.</param>
/// <param name="Inputs">The inputs; none for a generator.</param>
/// <param name="Generator">The generator; null to execute.</param>
internal readonly record struct PythonQuestion(long Call, SentTensor[] Inputs, PythonGenerator? Generator = null);
