using System.Collections.Immutable;
using Ovms.Devices;
using Ovms.Native;

namespace Ovms.Serving.Requests;

/// <summary>
/// Makes a model's infer requests, and gives them memory of their own for outputs: for those that could otherwise lie in an input's, and
/// for those that always have the same size, so that nobody has to ask where they are.
/// </summary>
/// <remarks>
/// Where an output of a dynamic model is an input through nothing but conversions to the type that it has already (a Cast of ONNX, a
/// Convert of OpenVINO), the CPU plugin lets the two share memory, keeps the memory that a caller's tensor lay in, and writes later
/// answers there: into requests that others have sent meanwhile, or into what was freed. It does so with no output that a tensor was set
/// for. Such an output cannot be told from outside, but it has an input's type and shape: those that have are given tensors, once for the
/// life of the request, which the engine resizes as it needs. That costs them one copy of the output.
/// An output that is an input without even a conversion shares its tensor, and setting one means nothing: the next input replaces it.
/// </remarks>
internal sealed class OutputMemory
{
    /// <summary>
    /// Bytes of a dynamic model's outputs, all together, above which the infer request lets them go after the call. Below it, other calls
    /// would wait longer for that than the memory is worth.
    /// </summary>
    public const long LargestKept = 8 << 20;

    private readonly CompiledModel _compiled;
    private readonly ImmutableArray<PortInfo> _own;

    /// <param name="compiled">The model; stays the caller's.</param>
    /// <param name="isDynamic">Whether any shape in it is open.</param>
    /// <param name="device">Where it may run.</param>
    public OutputMemory(CompiledModel compiled, bool isDynamic, TargetDevice device)
    {
        _compiled = compiled;
        bool MayBeInput(PortInfo output) => compiled.Inputs.Any(input => MayBe(output, input));
        AreFixed = !isDynamic && device.IsCpuAlone && compiled.Outputs.All(output => output.ElementType != ElementType.String && output.Shape.IsStatic && !MayBeInput(output));
        _own = AreFixed ? [.. compiled.Outputs]
            : isDynamic && device.MayUseCpu ? [.. compiled.Outputs.Where(MayBeInput)]
            : [];
    }

    /// <summary>
    /// Whether each request writes every output to the same memory for all its life: with static shapes on the CPU, where no output can be
    /// an input as it is. Other devices choose better memory than we would.
    /// </summary>
    public bool AreFixed { get; }

    /// <summary>A new request, the caller's to dispose.</summary>
    /// <exception cref="OpenVinoException">The engine cannot make it.</exception>
    public InferRequest CreateRequest()
    {
        InferRequest request = _compiled.CreateInferRequest();
        try
        {
            GiveOutputs(request);
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    /// <summary>Gives a request other memory for the outputs that have memory of their own; what was there is its holders'.</summary>
    /// <exception cref="OpenVinoException">There is no memory.</exception>
    public void GiveOutputs(InferRequest request)
    {
        // All or none: a request that writes some outputs to other memory than its holder believes would answer wrongly.
        Tensor?[] tensors = new Tensor?[_own.Length];
        try
        {
            for (int i = 0; i < tensors.Length; i++)
            {
                tensors[i] = Tensor.Allocate(_own[i].ElementType, LeastShape(_own[i].Shape));
            }

            for (int i = 0; i < tensors.Length; i++)
            {
                request.SetOutput(_own[i].Index, tensors[i]!);
            }
        }
        finally
        {
            foreach (Tensor? tensor in tensors)
            {
                tensor?.Dispose();
            }
        }
    }

    // Strings are objects of the engine's own, wherever they came from.
    private static bool MayBe(PortInfo output, PortInfo input) =>
        output.ElementType != ElementType.String && output.ElementType == input.ElementType && Overlap(output.Shape, input.Shape);

    private static bool Overlap(PartialShape one, PartialShape other)
    {
        if (!one.HasRank || !other.HasRank)
        {
            return true;
        }

        bool overlaps = one.Rank == other.Rank;
        for (int i = 0; overlaps && i < one.Rank; i++)
        {
            overlaps = (one[i].Max < 0 || one[i].Max >= other[i].Min) && (other[i].Max < 0 || other[i].Max >= one[i].Min);
        }

        return overlaps;
    }

    private static long[] LeastShape(PartialShape shape) => shape.HasRank ? [.. shape.Dimensions.ToArray().Select(static dimension => dimension.IsStatic ? dimension.Min : 0)] : [0];
}
