using Ovms.Serving.Requests;

namespace Ovms.Inference;

/// <summary>One answer of a <see cref="RequestStream"/>.</summary>
/// <param name="Id">The id of the request that brought it about; null for none.</param>
/// <param name="Output">The output, borrowed; null in one that only says that it is the last.</param>
/// <param name="Time">The time of its packet.</param>
/// <param name="IsFinal">Whether it is the last answer to the request.</param>
internal readonly record struct StreamedAnswer(string? Id, OutputTensor? Output, long Time, bool IsFinal);
