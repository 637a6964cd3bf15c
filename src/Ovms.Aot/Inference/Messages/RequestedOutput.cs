namespace Ovms.Inference.Messages;

/// <summary>One output that the caller requested.</summary>
/// <param name="Name">Name of the output.</param>
/// <param name="BinaryData">REST: whether to send it as bytes after the JSON; null = the request's default.</param>
/// <param name="Shared">Where to write it in shared memory, in place of the answer; null = in the answer.</param>
internal readonly record struct RequestedOutput(string Name, bool? BinaryData = null, SharedPlace? Shared = null);
