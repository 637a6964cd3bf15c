using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ovms.Hosting;

/// <summary>Standard input, output and error; the process may be started without them, or with ones that cannot be written.</summary>
internal static class StandardStreams
{
    private const string Nowhere = "/dev/null";
    private const int StandardError = 2;
    private const int LastStandard = StandardError;

    // Kept open for the life of the process.
    private static readonly List<SafeFileHandle> s_fillers = [];

    /// <summary>
    /// Opens /dev/null for each missing stream. Must run first: the next file to be opened would get the missing number. That file, a
    /// socket or the runtime's signal pipe, would then receive what is printed.
    /// </summary>
    public static void FillGaps()
    {
        if (OperatingSystem.IsWindows() || !File.Exists(Nowhere))
        {
            return;
        }

        // A new file gets the lowest free number.
        while (true)
        {
            SafeFileHandle filler = File.OpenHandle(Nowhere, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (filler.DangerousGetHandle() > LastStandard)
            {
                filler.Dispose();
                return;
            }

            s_fillers.Add(filler);
        }
    }

    /// <summary>
    /// Writes a line to standard error without Console, which would first create a thread for the terminal's signals; the system may allow
    /// none.
    /// </summary>
    public static void Tell(string line)
    {
        if (OperatingSystem.IsWindows())
        {
            TryPrint("", $"{line}\n");
            return;
        }

        try
        {
            using SafeFileHandle error = new(StandardError, ownsHandle: false);
            using FileStream stream = new(error, FileAccess.Write, bufferSize: 0);
            stream.Write(Encoding.UTF8.GetBytes($"{line}\n"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // There is nowhere else to report it.
        }
    }

    /// <summary>Prints a command's output and errors.</summary>
    /// <returns>False if it cannot be printed, for example to a full disk; the failure cannot be reported elsewhere.</returns>
    public static bool TryPrint(string output, string error)
    {
        try
        {
            Console.Out.Write(output);
            Console.Error.Write(error);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
