using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>The result of a composed call.</summary>
/// <param name="Result">Ok, or why there are no outputs.</param>
/// <param name="Outputs">The outputs to return, in the order requested, else in that of the signature; owned by the receiver.</param>
/// <param name="Memory">Keeps the memory of the outputs; disposed by the receiver after them. Null if they need none.</param>
/// <param name="Unfinished">Completes when nothing reads the request any more; null if nothing does. Only after a failure.</param>
internal sealed record ComposedRun(Outcome Result, OutputTensor[] Outputs, IDisposable? Memory, Task? Unfinished = null);
