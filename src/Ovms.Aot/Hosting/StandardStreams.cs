using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ovms.Hosting;

/// <summary>Standard input, output and error, which a process may have been started without, or with ends that take nothing.</summary>
internal static class StandardStreams
{
    private const string Nowhere = "/dev/null";
    private const int StandardError = 2;
    private const int LastStandard = StandardError;

    // Held for the life of the process.
    private static readonly List<SafeFileHandle> s_fillers = [];

    /// <summary>
    /// Lets the missing ones lead nowhere. First of all: the next files that anybody opens would take their numbers, a socket or the
    /// runtime's own pipe for signals, and what is printed would go in there.
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
    /// Writes a line to the standard error, past the console, which would first make a thread for the terminal's signals: there may be none
    /// to be had.
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
            // There is no other place to say it.
        }
    }

    /// <summary>Prints what a command answers with.</summary>
    /// <returns>False when it cannot be printed, to a full disk for example; there is no place left to say so.</returns>
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
