using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>An input or output of a model.</summary>
/// <param name="Index">Its index among the inputs or outputs; the only safe way to address it.</param>
/// <param name="Name">One of its names (OpenVINO's any-name); null if it has none. An input and an output may share a name.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Shape">Its shape; may be dynamic.</param>
public sealed record PortInfo(int Index, string? Name, ElementType ElementType, PartialShape Shape)
{
    /// <summary>Reads all properties of a port.</summary>
    internal static unsafe PortInfo Read(int index, ConstPortHandle port)
    {
        // This call fails only if the port has no name; there is no specific status for that.
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
