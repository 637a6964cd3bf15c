using System.Runtime.InteropServices;
using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>A model as read, not yet compiled for a device. Not thread-safe for changes.</summary>
public sealed unsafe class Model : IDisposable
{
    internal Model(ModelHandle handle)
    {
        Handle = handle;
        LiveObjects.ModelCount.Up();
    }

    internal ModelHandle Handle { get; }

    /// <summary>Inputs in order. Read anew on each access: reshaping and preprocessing change them.</summary>
    public IReadOnlyList<PortInfo> Inputs =>
        PortList.Read(Handle, OpenVino.ov_model_inputs_size, OpenVino.ov_model_const_input_by_index);

    /// <summary>Outputs in order. Read anew on each access.</summary>
    public IReadOnlyList<PortInfo> Outputs =>
        PortList.Read(Handle, OpenVino.ov_model_outputs_size, OpenVino.ov_model_const_output_by_index);

    /// <summary>Whether any shape in the model is dynamic.</summary>
    public bool IsDynamic => OpenVino.ov_model_is_dynamic(Handle);

    /// <summary>The model's name in its file.</summary>
    public string FriendlyName
    {
        get
        {
            OpenVino.ov_model_get_friendly_name(Handle, out string? name).Check();
            return name ?? "";
        }
    }

    /// <summary>Sets new shapes for inputs and derives all other shapes from them.</summary>
    /// <param name="byInputIndex">The inputs to change; the others keep their shapes.</param>
    /// <exception cref="ArgumentException">
    /// An input would become a scalar or lose its rank: the C API takes both for one dimension of any size.
    /// </exception>
    /// <exception cref="OpenVinoException">The model does not allow the shapes; it is unchanged.</exception>
    public void Reshape(IReadOnlyList<KeyValuePair<int, PartialShape>> byInputIndex)
    {
        ArgumentNullException.ThrowIfNull(byInputIndex);
        IReadOnlyList<PortInfo> inputs = Inputs;
        List<nuint> indexes = [];
        List<ov_partial_shape_t> shapes = [];
        // Pinned: the structs passed to C point into it.
        ov_dimension_t[] dimensions = GC.AllocateArray<ov_dimension_t>(byInputIndex.Sum(static pair => pair.Value.Rank), pinned: true);
        Span<ov_dimension_t> rest = dimensions;
        foreach ((int index, PartialShape shape) in byInputIndex)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(byInputIndex));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, inputs.Count, nameof(byInputIndex));
            if (shape.Equals(inputs[index].Shape))
                continue;
            if (shape.Rank == 0)
            {
                throw new ArgumentException(
                    $"Input {index} of shape {inputs[index].Shape} cannot be reshaped to {shape}: "
                    + "the OpenVINO C API has no way to say it. Give it at least one dimension.",
                    nameof(byInputIndex));
            }
            indexes.Add((nuint)index);
            shapes.Add(shape.ToNative(rest));
            rest = rest[shape.Rank..];
        }

        if (indexes.Count == 0)
            return;
        fixed (nuint* indexPointer = CollectionsMarshal.AsSpan(indexes))
        fixed (ov_partial_shape_t* shapePointer = CollectionsMarshal.AsSpan(shapes))
            OpenVino.ov_model_reshape_by_port_indexes(Handle, indexPointer, shapePointer, (nuint)indexes.Count).Check();
        GC.KeepAlive(dimensions);
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
