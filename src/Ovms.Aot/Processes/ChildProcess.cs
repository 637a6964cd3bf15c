using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Ovms.Status;

namespace Ovms.Processes;

/// <summary>
/// A child process with a channel: its standard input and output. Its standard error goes to the log.
/// </summary>
/// <remarks>
/// The child's duties: it ends when its input ends, so that none outlives the server; it ignores SIGINT and SIGTERM, which terminals and
/// service managers send to all processes of a server; it leads a process group, which ends with it; it closes the descriptors that it
/// inherited, but for the three; and before code of others runs, it moves its channel to other descriptors, so that what that code prints
/// cannot get into it.
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan s_lastLines = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly ChildErrors _errors;
    private readonly long _started = Stopwatch.GetTimestamp();
    private string? _cause;

    private ChildProcess(Process process, ChildStart start, ILogger log)
    {
        _process = process;
        Id = process.Id;
        Requests = process.StandardInput.BaseStream;
        Answers = process.StandardOutput.BaseStream;
        _errors = new ChildErrors(process.StandardError.BaseStream, start.Name, log);
        Ended = EndAsync();
    }

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Its standard input. Writing blocks while the child does not read.</summary>
    public Stream Requests { get; }

    /// <summary>Its standard output. Reading blocks a thread, also when asynchronous: read it on a thread of its own.</summary>
    public Stream Answers { get; }

    /// <summary>How long it has run.</summary>
    public TimeSpan Lived => Stopwatch.GetElapsedTime(_started);

    /// <summary>Number of lines that have come from its standard error.</summary>
    public long ErrorLines => _errors.Count;

    /// <summary>
    /// Completes when it has ended, with what is said of that: "ended with signal 11 (SIGSEGV)", "ended with exit code 3", or the cause
    /// that was given to <see cref="Kill"/>. <see cref="LastErrorsSince"/> is complete then, unless a child of the child keeps the stream
    /// open.
    /// </summary>
    public Task<string> Ended { get; }

    /// <summary>The last lines of its standard error, bounded.</summary>
    /// <param name="mark">A former <see cref="ErrorLines"/>: only lines that came later; 0 for all.</param>
    public string LastErrorsSince(long mark) => _errors.LastSince(mark);

    /// <summary>Starts a child.</summary>
    /// <param name="start">What is started.</param>
    /// <param name="log">Receives the lines of its standard error.</param>
    /// <returns>The child, which the caller disposes; or why it cannot be started.</returns>
    public static Outcome<ChildProcess> Start(ChildStart start, ILogger log)
    {
        ProcessStartInfo info = new(start.Executable, start.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = start.Folder,
        };
        foreach ((string name, string? value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        try
        {
            return new ChildProcess(StartThread.Run(() => Process.Start(info)!), start, log);
        }
        catch (Exception failure) when (failure is Win32Exception or IOException or InvalidOperationException)
        {
            return Outcome.Fail(
                StatusCode.ChildProcessFailed, $"{start.Name}: the process {start.Executable} cannot be started: {failure.Message}");
        }
    }

    /// <summary>Ends it and its own children at once.</summary>
    /// <param name="cause">What <see cref="Ended"/> says then, for example "was ended: it did not answer"; the first cause counts.</param>
    public void Kill(string cause = "was ended by the server")
    {
        try
        {
            if (!_process.HasExited)
            {
                Interlocked.CompareExchange(ref _cause, cause, null);
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended already.
        }
    }

    /// <summary>Lets it end: closes its input, waits, and kills it if it has not ended then.</summary>
    /// <param name="patience">How long to wait.</param>
    public async Task StopAsync(TimeSpan patience)
    {
        Interlocked.CompareExchange(ref _cause, "was ended by the server", null);
        Close(Requests);
        try
        {
            await Ended.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Kill();
            await Ended.ConfigureAwait(false);
        }
    }

    /// <summary>Kills it if it has not ended, and closes the channel.</summary>
    public void Dispose()
    {
        if (!Ended.IsCompleted)
        {
            Kill();
        }

        Close(Requests);
        Close(Answers);
        _ = FreeAsync();
    }

    // The process object receives the exit status: it must live until then, otherwise nobody collects it.
    private async Task FreeAsync()
    {
        await Ended.ConfigureAwait(false);
        _process.Dispose();
    }

    private static void Close(Stream stream)
    {
        try
        {
            stream.Dispose();
        }
        catch (IOException)
        {
            // What was not written is for a child that has ended.
        }
    }

    private async Task<string> EndAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        ProcessGroup.Kill(Id);
        await Task.WhenAny(_errors.Done, Task.Delay(s_lastLines, CancellationToken.None)).ConfigureAwait(false);
        return Volatile.Read(ref _cause) ?? Describe(_process.ExitCode);
    }

    // On Unix the runtime tells the number of a signal as 128 more.
    private static string Describe(int code) => OperatingSystem.IsWindows()
        ? $"ended with exit code {(code < 0 ? $"0x{code:X8}" : code.ToString(CultureInfo.InvariantCulture))}"
        : code > 128 ? $"ended with signal {code - 128}{NameOf(code - 128)}"
        : $"ended with exit code {code}";

    private static string NameOf(int signal) => signal switch
    {
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    };
}
