using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>One API's form of an inference on the wire.</summary>
/// <param name="Path">Of the call.</param>
/// <param name="Read">Reads a request: the message owns its bytes, or they are disposed.</param>
/// <param name="Bound">How long a packed request may become, from its first bytes: see <see cref="PackedBound"/>.</param>
/// <param name="Measure">Makes the answer of a result, which stays the caller's.</param>
internal sealed record InferApi(
    string Path,
    Func<NativeBuffer, Outcome<InferMessage>> Read,
    Func<NativeBuffer, Outcome<long?>> Bound,
    Func<InferResult, InferAnswer> Measure)
{
    /// <summary>More inputs, outputs, parameters or pieces of contents than this no model has: they are refused before they cost memory.</summary>
    public const int MaxEntries = 4096;

    /// <summary>More dimensions than this no tensor has.</summary>
    public const int MaxDimensions = 64;
}
