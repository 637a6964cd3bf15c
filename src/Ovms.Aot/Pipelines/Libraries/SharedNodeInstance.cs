using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.Libraries;

/// <summary>A shared object as one node of a pipeline uses it.</summary>
/// <remarks>
/// Ownership follows the interface: inputs are the server's; of outputs the library has allocated the array, the dimensions and the
/// elements, and the server releases each of them through the library. Names are the library's and are never released.
/// </remarks>
/// <param name="library">The library.</param>
/// <param name="functions">Its functions.</param>
/// <param name="parameters">The node's parameters; owned.</param>
/// <param name="manager">What initialize made.</param>
internal sealed unsafe class SharedNodeInstance(NodeLibrary library, NodeFunctions functions, NodeParameters parameters, nint manager)
    : NodeInstance(library)
{
    // More outputs or dimensions than any node has: a count beyond them is a fault of the library.
    private const int MostTensors = 4096;

    private void* Manager => (void*)manager;

    /// <inheritdoc/>
    public override Outcome<ImmutableArray<NodePort>> GetInputs() => Describe(isInputs: true);

    /// <inheritdoc/>
    public override Outcome<ImmutableArray<NodePort>> GetOutputs() => Describe(isInputs: false);

    /// <inheritdoc/>
    public override Outcome<NodeTensor[]> Execute(
        IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        using NodeInputs given = new(inputs);
        CustomNodeTensor* outputs = null;
        int count = 0;
        int result = functions.Execute(given.Array, given.Count, &outputs, &count, parameters, Manager);
        if (result != 0)
        {
            // The library has freed what it allocated.
            return Outcome.Fail(StatusCode.NodeLibraryExecutionFailed, $"execute returned {result}");
        }

        if (outputs is null)
        {
            return Invalid("returned corrupted outputs handle: execute returned 0 and no outputs");
        }

        try
        {
            return count is > 0 and <= MostTensors
                ? Take(new Span<CustomNodeTensor>(outputs, count), wanted)
                : Invalid($"produced corrupted number of outputs: {count}");
        }
        finally
        {
            functions.Release(outputs, Manager);
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        functions.Deinitialize(Manager);
        parameters.Dispose();
    }

    private static Outcome Invalid(string what) => Outcome.Fail(StatusCode.NodeLibraryOutputsInvalid, what);

    // All outputs are converted even after a fault, because each must be released. The first fault is the result.
    private Outcome<NodeTensor[]> Take(Span<CustomNodeTensor> outputs, IReadOnlyList<string> wanted)
    {
        NodeTensor?[] taken = new NodeTensor?[wanted.Count];
        Outcome first = Outcome.Ok;
        foreach (ref CustomNodeTensor output in outputs)
        {
            string? name = Marshal.PtrToStringUTF8((nint)output.Name);
            Outcome<NodeTensor> tensor = Convert(ref output, name);
            int place = name is null ? -1 : IndexOf(wanted, name);
            if (tensor.IsOk && place >= 0 && taken[place] is null)
            {
                taken[place] = tensor.Value;
            }
            else if (tensor.IsOk)
            {
                tensor.Value.Memory!.Release();
            }
            else if (first.IsOk)
            {
                first = tensor.WithoutValue;
            }
        }

        int missing = Array.IndexOf(taken, null);
        if (first.IsOk && missing >= 0)
        {
            first = Invalid($"Custom node output is missing: {wanted[missing]}");
        }

        if (first.IsOk)
        {
            return taken!;
        }

        foreach (NodeTensor? tensor in taken)
        {
            tensor?.Memory!.Release();
        }

        return first;
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        int index = names.Count - 1;
        while (index >= 0 && names[index] != name)
        {
            index--;
        }

        return index;
    }

    private Outcome<NodeTensor> Convert(ref CustomNodeTensor output, string? name)
    {
        long[]? shape = output.Dims is not null && output.DimsCount is > 0 and <= MostTensors
            ? Array.ConvertAll(new ReadOnlySpan<ulong>(output.Dims, (int)output.DimsCount).ToArray(), static size => (long)size)
            : null;
        if (output.Dims is not null)
        {
            functions.Release(output.Dims, Manager);
        }

        Outcome valid = Check(output, name, shape, out ElementType type);
        if (!valid.IsOk)
        {
            if (output.Data is not null)
            {
                functions.Release(output.Data, Manager);
            }

            return valid;
        }

        byte* data = output.Data;
        Hold();
        TensorMemory memory = new(() =>
        {
            functions.Release(data, Manager);
            Release();
        });
        return new NodeTensor(type, shape!, (nint)data, (long)output.DataBytes, memory);
    }

    private static Outcome Check(in CustomNodeTensor output, string? name, long[]? shape, out ElementType type)
    {
        type = NodePrecision.TypeOf(output.Precision) ?? ElementType.Dynamic;
        if (name is null)
        {
            return Invalid("Custom node output is missing name");
        }

        if (type == ElementType.Dynamic)
        {
            return Invalid($"output {Shown.Bounded(name)}: tensor with unspecified precision: {output.Precision}");
        }

        if (shape is null)
        {
            return Invalid($"output {Shown.Bounded(name)}: it has no dimensions, or {output.DimsCount} of them");
        }

        long count = NodeTensor.CountOf(shape);
        long bytes = count < 0 ? -1 : Ovms.Tensors.TensorMarshaler.For(type).ByteLength(count);
        return output.Data is not null && bytes >= 0 && (ulong)bytes == output.DataBytes
            ? Outcome.Ok
            : Invalid(
                $"output {Shown.Bounded(name)}: Custom node output has invalid content size: Expected: {bytes} bytes for the shape "
                + $"({string.Join(',', shape)}); Actual: {(output.Data is null ? "no content" : $"{output.DataBytes}")}");
    }

    private Outcome<ImmutableArray<NodePort>> Describe(bool isInputs)
    {
        string function = isInputs ? "getInputsInfo" : "getOutputsInfo";
        CustomNodeTensorInfo* infos = null;
        int count = 0;
        int result = functions.Describe(isInputs, &infos, &count, parameters, Manager);
        if (result != 0 || infos is null || count is <= 0 or > MostTensors)
        {
            string what = result != 0 ? $"{result}" : infos is null ? "0 and a null pointer" : $"0 and the number {count}";
            return Outcome.Fail(StatusCode.NodeLibraryMetadataFailed, $"{function} of the library {Library.Name} returned {what}.");
        }

        ImmutableArray<NodePort>.Builder ports = ImmutableArray.CreateBuilder<NodePort>();
        string? fault = null;
        foreach (ref CustomNodeTensorInfo info in new Span<CustomNodeTensorInfo>(infos, count))
        {
            string? name = Marshal.PtrToStringUTF8((nint)info.Name);
            ElementType? type = NodePrecision.TypeOf(info.Precision);
            bool hasShape = info.Dims is not null && info.DimsCount <= MostTensors;
            fault ??= name is null ? "an entry without a name"
                : type is null ? $"{Shown.Bounded(name)} with the unknown precision {info.Precision}"
                : !hasShape ? $"{Shown.Bounded(name)} without dimensions"
                : null;
            if (fault is null)
            {
                ports.Add(new NodePort(name!, type!.Value, ShapeOf(new ReadOnlySpan<ulong>(info.Dims, (int)info.DimsCount))));
            }

            if (info.Dims is not null)
            {
                functions.Release(info.Dims, Manager);
            }
        }

        functions.Release(infos, Manager);
        return fault is null
            ? ports.ToImmutable()
            : Outcome.Fail(StatusCode.NodeLibraryMetadataFailed, $"{function} of the library {Library.Name} gave {fault}.");
    }

    private static PartialShape ShapeOf(ReadOnlySpan<ulong> dims) => new(
        Array.ConvertAll(dims.ToArray(), static size => size is 0 or > long.MaxValue ? Dimension.Dynamic : Dimension.Of((long)size)));
}
