namespace Ovms.Graphs.Interpreters;

/// <summary>A question that is asked.</summary>
/// <param name="Written">Completes when the memory of the inputs is not read any more, whatever has happened.</param>
/// <param name="Answer">The answer; or the exception by which the process was lost.</param>
internal readonly record struct PythonAsk(Task Written, Task<PythonAnswer> Answer);
