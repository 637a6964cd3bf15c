using System.Diagnostics;

namespace Ovms.Tests.Setup;

/// <summary>A folder on a disk of its own that has a few bytes left.</summary>
internal sealed class FullDisk : IDisposable
{
    private readonly TemporaryFolder _folder;

    private FullDisk(TemporaryFolder folder) => _folder = folder;

    /// <summary>The folder.</summary>
    public string Path => _folder.Path;

    /// <summary>Mounts one; skips the test where this may not be done.</summary>
    /// <param name="first">What is done in the folder before the disk is full.</param>
    public static FullDisk MountOrSkip(Action<string>? first = null)
    {
        TemporaryFolder folder = new();
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", folder.Path))
        {
            folder.Dispose();
            TUnit.Core.Skip.Test("A small disk cannot be mounted here: that takes root on Linux, and a container that allows it.");
        }

        FullDisk disk = new(folder);
        first?.Invoke(folder.Path);
        using FileStream filler = new(folder["filler"], FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            return disk;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Run("umount", "-l", _folder.Path);
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
