using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ovms.Native.Tests.Setup;

/// <summary>A small C++ library whose functions throw where C++ allows no exception; compiled by the test where g++ is at hand.</summary>
internal sealed unsafe class ThrowingLibrary : IDisposable
{
    private const string Source =
        """
        #include <stdexcept>
        #include <thread>
        struct Part { ~Part() noexcept(false) { throw std::runtime_error("the device failed"); } };
        struct Whole { Part part; ~Whole() { } };
        extern "C" void throw_in_destructor() { Whole whole; }
        extern "C" void throw_in_thread() { std::thread([] { throw std::runtime_error("the device failed"); }).detach(); }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-throwing-");

    /// <summary>Skips the test, and says why, where there is no g++.</summary>
    public ThrowingLibrary()
    {
        Skip.Unless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/g++"), "There is no g++, which compiles the library that throws.");
        string source = Path.Combine(_folder.FullName, "throwing.cpp");
        string library = Path.Combine(_folder.FullName, "libthrowing.so");
        File.WriteAllText(source, Source);
        using Process compiler = Process.Start("/usr/bin/g++", ["-shared", "-fPIC", "-pthread", "-w", "-o", library, source]);
        compiler.WaitForExit();
        nint loaded = NativeLibrary.Load(library);
        ThrowInDestructor = (delegate* unmanaged<void>)NativeLibrary.GetExport(loaded, "throw_in_destructor");
        ThrowInThread = (delegate* unmanaged<void>)NativeLibrary.GetExport(loaded, "throw_in_thread");
    }

    /// <summary>Throws in a destructor on the calling thread.</summary>
    public delegate* unmanaged<void> ThrowInDestructor { get; }

    /// <summary>Throws on a thread of the library's own, after it has returned.</summary>
    public delegate* unmanaged<void> ThrowInThread { get; }

    // Threads stand in the library for ever, so it stays loaded.
    public void Dispose() => _folder.Delete(recursive: true);
}
