using Ovms.Native.Handles;

namespace Ovms.Native;

/// <summary>Reads all inputs or all outputs of a model, compiled or not.</summary>
internal static class PortList
{
    /// <summary>A native function that returns the number of ports.</summary>
    internal delegate OvStatus Size<in THandle>(THandle owner, out nuint size);

    /// <summary>A native function that returns one port.</summary>
    internal delegate OvStatus ByIndex<in THandle>(THandle owner, nuint index, out ConstPortHandle port);

    internal static PortInfo[] Read<THandle>(THandle owner, Size<THandle> size, ByIndex<THandle> byIndex)
    {
        size(owner, out nuint count).Check("reading the number of ports");
        PortInfo[] ports = new PortInfo[checked((int)count)];
        for (int i = 0; i < ports.Length; i++)
        {
            byIndex(owner, (nuint)i, out ConstPortHandle port).Check("reading a port");
            using (port)
                ports[i] = PortInfo.Read(i, port);
        }
        return ports;
    }
}
