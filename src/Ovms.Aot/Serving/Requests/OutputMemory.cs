using System.Collections.Immutable;
using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>
/// Creates a model's infer requests and allocates their output tensors: those that could otherwise share an input's memory, and those of
/// fixed size.
/// </summary>
/// <remarks>
/// A dynamic model may have an output that is an input after nothing but conversions to its own type (ONNX Cast, OpenVINO Convert).
/// OpenVINO's CPU plugin lets such an output share the input's memory, and keeps using the memory of an earlier caller's tensor.
/// It would write later answers there: into other callers' requests, or into freed memory. Outputs with a tensor set are not shared.
/// Such an output cannot be recognised from outside, but it has an input's type and shape. All outputs with an input's type and shape
/// therefore get a tensor, once per request, which OpenVINO resizes as needed. The cost is one copy of the output.
/// An output that is an input without any conversion shares its tensor, and setting one has no effect: the next input replaces it.
/// </remarks>
internal sealed class OutputMemory
{
    /// <summary>
    /// Total size in bytes of a dynamic model's outputs above which the infer request is replaced after the call. For smaller ones the
    /// wait that this causes other calls costs more than the memory.
    /// </summary>
    public const long LargestKept = 8 << 20;

    private readonly CompiledModel _compiled;
    private readonly ImmutableArray<PortInfo> _own;

    /// <param name="compiled">The model; the caller keeps its ownership.</param>
    /// <param name="isDynamic">Whether any shape in the model is dynamic.</param>
    /// <param name="device">The device that the model runs on.</param>
    public OutputMemory(CompiledModel compiled, bool isDynamic, TargetDevice device)
    {
        _compiled = compiled;
        bool MayBeInput(PortInfo output) => compiled.Inputs.Any(input => MayBe(output, input));
        AreFixed = !isDynamic
            && device.IsCpuAlone
            && compiled.Outputs.All(output => output.ElementType != ElementType.String && output.Shape.IsStatic && !MayBeInput(output));
        _own = AreFixed ? [.. compiled.Outputs]
            : isDynamic && device.MayUseCpu ? [.. compiled.Outputs.Where(MayBeInput)]
            : [];
    }

    /// <summary>
    /// Whether each request writes every output to the same memory all its life. True for static shapes on the CPU, if no output can
    /// share an input's memory.
    /// </summary>
    /// <remarks>Other devices choose better memory themselves.</remarks>
    public bool AreFixed { get; }

    /// <summary>The devices other than the CPU that hold parts of the model; null if there are none.</summary>
    public DeviceUse? Uses { get; init; }

    /// <summary>Makes a call that creates or frees infer requests, which a failing device may break.</summary>
    /// <param name="what">What it does, for the log.</param>
    /// <param name="work">The call; it holds no lock.</param>
    /// <returns>Why it is not done; none if it is.</returns>
    public EngineFault Guard(string what, Action work) => Guard(what, work, DeviceCalls.LongestFree);

    /// <inheritdoc cref="Guard(string, Action)"/>
    /// <param name="what">What it does, for the log.</param>
    /// <param name="work">The call; it holds no lock.</param>
    /// <param name="limit">How long it may take; null for as long as it takes.</param>
    public EngineFault Guard(string what, Action work, TimeSpan? limit)
    {
        if (Uses is null)
        {
            work();
            return EngineFault.None;
        }

        Outcome done = Uses.Run(what, work, limit);
        return done.IsOk ? EngineFault.None : new EngineFault(OvStatus.GeneralError, done.Detail ?? "");
    }

    /// <summary>Creates an infer request, which the caller disposes.</summary>
    /// <exception cref="OpenVinoException">OpenVINO cannot create it.</exception>
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

    /// <summary>Makes a run go on with a new infer request.</summary>
    /// <param name="run">The run; unchanged if there is none.</param>
    /// <param name="memory">The memory of the request's inputs; null if calls bring their own.</param>
    /// <returns>Why it was not replaced; none if it was.</returns>
    /// <exception cref="OpenVinoException">OpenVINO cannot create it.</exception>
    public EngineFault Replace(RequestRun run, SlotMemory? memory) => Guard(
        "replacing an infer request on it",
        () =>
        {
            InferRequest next = CreateRequest();
            try
            {
                memory?.BindTo(next);
                run.Replace(next);
            }
            catch
            {
                next.Dispose();
                throw;
            }
        });

    /// <summary>Gives a request new output tensors where they are set explicitly. Holders of the previous tensors keep them.</summary>
    /// <exception cref="OpenVinoException">There is no memory.</exception>
    public void GiveOutputs(InferRequest request) => GiveOutputs(request, static (type, shape) => Tensor.Allocate(type, shape));

    /// <inheritdoc cref="GiveOutputs(InferRequest)"/>
    /// <param name="request">The request.</param>
    /// <param name="allocate">Makes a tensor, which this method disposes.</param>
    internal void GiveOutputs(InferRequest request, Func<ElementType, long[], Tensor> allocate)
    {
        // All or none: a request that writes some outputs to other memory than its holder believes would answer wrongly.
        Tensor?[] tensors = new Tensor?[_own.Length];
        try
        {
            for (int i = 0; i < tensors.Length; i++)
            {
                tensors[i] = allocate(_own[i].ElementType, LeastShape(_own[i].Shape));
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

    // Strings are always OpenVINO's own objects, so they never share a caller's memory.
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

    private static long[] LeastShape(PartialShape shape) => shape.HasRank
        ? [.. shape.Dimensions.ToArray().Select(static dimension => dimension.IsStatic ? dimension.Min : 0)]
        : [0];
}
