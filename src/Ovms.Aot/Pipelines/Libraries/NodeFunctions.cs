using System.Runtime.InteropServices;
using Ovms.Status;

namespace Ovms.Pipelines.Libraries;

/// <summary>
/// The functions of a custom node library, in both versions of the interface. The newer one has initialize and deinitialize, and passes
/// what initialize made to every function; the older one has neither.
/// </summary>
internal sealed unsafe class NodeFunctions
{
    private readonly bool _hasManager;
    private readonly nint _initialize;
    private readonly nint _deinitialize;
    private readonly nint _execute;
    private readonly nint _inputs;
    private readonly nint _outputs;
    private readonly nint _release;

    private NodeFunctions(nint initialize, nint deinitialize, nint execute, nint inputs, nint outputs, nint release)
    {
        _hasManager = initialize != 0;
        (_initialize, _deinitialize, _execute, _inputs, _outputs, _release) = (initialize, deinitialize, execute, inputs, outputs, release);
    }

    /// <summary>Loads a library. It stays loaded until the process ends: nobody can know that its threads have ended.</summary>
    /// <param name="path">The absolute path of its file.</param>
    /// <returns>The functions, or which one is missing, or why the file cannot be loaded.</returns>
    public static Outcome<NodeFunctions> Load(string path)
    {
        nint handle;
        try
        {
            handle = NativeLibrary.Load(path);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException or ArgumentException)
        {
            return Outcome.Fail(StatusCode.NodeLibraryOpenFailed, $"{path}: {failure.Message}");
        }

        string[] missing = [.. new[] { "execute", "getInputsInfo", "getOutputsInfo", "release" }.Where(name => Find(handle, name) == 0)];
        nint initialize = Find(handle, "initialize");
        nint deinitialize = Find(handle, "deinitialize");
        if (missing.Length > 0 || (initialize == 0) != (deinitialize == 0))
        {
            string what = missing.Length > 0 ? string.Join(", ", missing) : initialize == 0 ? "initialize" : "deinitialize";
            return Outcome.Fail(StatusCode.NodeLibrarySymbolMissing, $"{path} does not export {what}.");
        }

        return new NodeFunctions(
            initialize, deinitialize, Find(handle, "execute"), Find(handle, "getInputsInfo"), Find(handle, "getOutputsInfo"),
            Find(handle, "release"));
    }

    /// <summary>Makes the library's own object of a node; 0 = done. Nothing in the older interface.</summary>
    public int Initialize(void** manager, NodeParameters parameters) => _hasManager
        ? ((delegate* unmanaged[Cdecl]<void**, CustomNodeParam*, int, int>)_initialize)(manager, parameters.Array, parameters.Count)
        : 0;

    /// <summary>Frees the library's own object of a node.</summary>
    public void Deinitialize(void* manager)
    {
        if (_hasManager)
        {
            ((delegate* unmanaged[Cdecl]<void*, int>)_deinitialize)(manager);
        }
    }

    /// <summary>Computes; 0 = done.</summary>
    public int Execute(
        CustomNodeTensor* inputs, int inputCount, CustomNodeTensor** outputs, int* outputCount, NodeParameters parameters, void* manager) =>
        _hasManager
            ? ((delegate* unmanaged[Cdecl]<CustomNodeTensor*, int, CustomNodeTensor**, int*, CustomNodeParam*, int, void*, int>)_execute)(
                inputs, inputCount, outputs, outputCount, parameters.Array, parameters.Count, manager)
            : ((delegate* unmanaged[Cdecl]<CustomNodeTensor*, int, CustomNodeTensor**, int*, CustomNodeParam*, int, int>)_execute)(
                inputs, inputCount, outputs, outputCount, parameters.Array, parameters.Count);

    /// <summary>Describes inputs or outputs; 0 = done.</summary>
    public int Describe(bool isInputs, CustomNodeTensorInfo** infos, int* count, NodeParameters parameters, void* manager)
    {
        nint function = isInputs ? _inputs : _outputs;
        return _hasManager
            ? ((delegate* unmanaged[Cdecl]<CustomNodeTensorInfo**, int*, CustomNodeParam*, int, void*, int>)function)(
                infos, count, parameters.Array, parameters.Count, manager)
            : ((delegate* unmanaged[Cdecl]<CustomNodeTensorInfo**, int*, CustomNodeParam*, int, int>)function)(
                infos, count, parameters.Array, parameters.Count);
    }

    /// <summary>Frees memory that the library allocated.</summary>
    public void Release(void* memory, void* manager)
    {
        if (_hasManager)
        {
            ((delegate* unmanaged[Cdecl]<void*, void*, int>)_release)(memory, manager);
        }
        else
        {
            ((delegate* unmanaged[Cdecl]<void*, int>)_release)(memory);
        }
    }

    private static nint Find(nint handle, string name) => NativeLibrary.TryGetExport(handle, name, out nint address) ? address : 0;
}
