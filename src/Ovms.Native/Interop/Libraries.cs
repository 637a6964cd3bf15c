namespace Ovms.Native.Interop;

/// <summary>Names under which native libraries are imported; <see cref="OpenVinoLibrary"/> resolves them to files.</summary>
internal static class Libraries
{
    internal const string OpenVinoC = "openvino_c";
}
