namespace Ovms.Native.Interop;

/// <summary>Import names of native libraries; <see cref="OpenVinoLibrary"/> resolves them to files.</summary>
internal static class Libraries
{
    internal const string OpenVinoC = "openvino_c";
}
