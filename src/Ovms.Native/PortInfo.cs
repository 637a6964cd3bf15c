using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>What a model takes or gives at one place.</summary>
/// <param name="Index">Its place among the inputs or outputs; the only safe way to address it.</param>
/// <param name="Name">One of its names (OpenVINO's any-name), null if it has none; an input and an output may share it.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Shape">Its shape, as far as it is known.</param>
public sealed record PortInfo(int Index, string? Name, ElementType ElementType, PartialShape Shape)
{
    /// <summary>Reads everything there is to say about a port.</summary>
    internal static unsafe PortInfo Read(int index, ConstPortHandle port)
    {
        // A port without a name is the one reason for this call to fail, and it has no status of its own.
        OvStatus named = OpenVino.ov_port_get_any_name(port, out string? name);
        OpenVino.ov_port_get_element_type(port, out ElementType type).Check();

        ov_partial_shape_t shape = default;
        OpenVino.ov_port_get_partial_shape(port, &shape).Check();
        try
        {
            return new PortInfo(index, named == OvStatus.Ok ? name : null, type, PartialShape.FromNative(shape));
        }
        finally
        {
            OpenVino.ov_partial_shape_free(&shape);
        }
    }
}
