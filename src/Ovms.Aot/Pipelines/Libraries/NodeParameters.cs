using System.Runtime.InteropServices;

namespace Ovms.Pipelines.Libraries;

/// <summary>The parameters of a node in native memory, where a library may read them as long as its instance lives.</summary>
internal sealed unsafe class NodeParameters : IDisposable
{
    private readonly CustomNodeParam* _array;

    /// <summary>Copies the parameters.</summary>
    public NodeParameters(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        Count = parameters.Count;
        _array = (CustomNodeParam*)NativeMemory.AllocZeroed((nuint)Math.Max(1, Count), (nuint)sizeof(CustomNodeParam));
        for (int i = 0; i < Count; i++)
        {
            _array[i].Key = (byte*)Marshal.StringToCoTaskMemUTF8(parameters[i].Key);
            _array[i].Value = (byte*)Marshal.StringToCoTaskMemUTF8(parameters[i].Value);
        }
    }

    /// <summary>Number of parameters.</summary>
    public int Count { get; }

    /// <summary>The parameters.</summary>
    public CustomNodeParam* Array => _array;

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < Count; i++)
        {
            Marshal.FreeCoTaskMem((nint)_array[i].Key);
            Marshal.FreeCoTaskMem((nint)_array[i].Value);
        }

        NativeMemory.Free(_array);
    }
}
